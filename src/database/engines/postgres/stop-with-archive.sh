#!/bin/bash
# stop-with-archive.sh  is the before-stop.sh of the members of a database whose commits wait for the archiver of its log: no standby is waited for, so that
# each of them may stop at any time.
