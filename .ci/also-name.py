#!/usr/bin/env python3
"""also-name.py IN.tar OUT.tar NAME...: copies an image archive and gives its image further names.

The archive is an OCI layout and a docker-archive at once; the names go into both. The first name stays the first.
"""

import io
import json
import sys
import tarfile


def short(name):
    """The name as `docker save` writes it."""
    return name.removeprefix("docker.io/library/").removeprefix("docker.io/")


def with_names(member, content, names):
    document = json.loads(content)
    if member == "manifest.json":
        tags = document[0]["RepoTags"]
        tags += [short(name) for name in names if short(name) not in tags]
    else:
        entry = document["manifests"][0]
        for name in names:
            annotations = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rpartition(":")[2]}
            document["manifests"].append({**entry, "annotations": {**entry.get("annotations", {}), **annotations}})
    return json.dumps(document, sort_keys=True).encode()


def main(source, target, *names):
    with tarfile.open(source) as before, tarfile.open(target, "w") as after:
        for member in before:
            content = before.extractfile(member)
            if member.name in ("manifest.json", "index.json"):
                changed = with_names(member.name, content.read(), names)
                member.size, content = len(changed), io.BytesIO(changed)
            after.addfile(member, content)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
