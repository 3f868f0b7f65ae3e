# Creates znodes one after the other and prints those that were acknowledged: perl zookeeper-writer.pl PATH HOST...
# It speaks to one host at a time, and tries a znode again at the next one until somebody has acknowledged it or knows it.
use strict;
use warnings;
use IO::Socket::INET;
$| = 1;
my ($path, @hosts) = @ARGV;
my ($socket, $xid, $turn) = (undef, 0, 0);

sub exact {
  my ($length, $data) = (shift, '');
  while (length $data < $length) {
    my $ready = '';
    vec($ready, fileno $socket, 1) = 1;
    select($ready, undef, undef, 4) or die "no answer\n";
    sysread($socket, $data, $length - length $data, length $data) or die "closed\n";
  }
  return $data;
}
sub answer { return exact(unpack 'N', exact(4)) }
sub text { return pack 'N/a*', shift }
sub request { syswrite $socket, pack 'N/a*', shift or die "closed\n" }

sub connected {
  return if $socket;
  my $host = $hosts[$turn++ % @hosts];
  $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => 2181, Timeout => 2) or die "no connection to $host\n";
  request(pack 'N q> N q> N x16 C', 0, 0, 6000, 0, 16, 0);
  answer();
}

for (my $n = 1; ; $n++) {
  my $error;
  until (defined $error && ($error eq 0 || $error == -110)) {
    $error = eval {
      local $SIG{PIPE} = 'IGNORE';
      connected();
      request(pack('N N', ++$xid, 1) . text("$path$n") . text('x') . pack('N N', 1, 31) . text('world') . text('anyone') . pack('N', 0));
      my ($reply, undef, undef, $code) = unpack 'l> l> L> l>', answer();
      $code;
    };
    last if defined $error && ($error == 0 || $error == -110); # -110: an attempt without an answer had been written
    print STDERR time, " $path$n: ", $@ || "error $error\n";
    close $socket if $socket;
    $socket = undef;
    select undef, undef, undef, 0.2;
  }
  print time, " $path$n\n";
}
