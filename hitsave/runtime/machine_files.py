"""Files that say what the machine is, or what it is doing: libraries read them wherever they run, and they are nobody's data."""

from __future__ import annotations

from typing import Final

_FOLDERS: Final = ("/proc/", "/dev/", "/sys/", "/run/")
_DATA_IN_THEM: Final = ("/dev/shm/", "/run/media/", "/run/user/", "/run/mount/")  # noqa: S108 - nothing is made there
"""Memory as a folder, and where removable disks are mounted."""
_IN_ETC: Final = frozenset({
    "alternatives", "ca-certificates", "ca-certificates.conf", "debian_version", "environment", "fonts", "fstab", "gai.conf", "group", "host.conf", "hostname",
    "hosts", "inputrc", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "locale.alias", "locale.conf", "localtime", "login.defs", "lsb-release",
    "machine-id", "magic", "mime.types", "mtab", "nsswitch.conf", "os-release", "pam.d", "passwd", "pki", "protocols", "redhat-release", "resolv.conf", "rpc",
    "services", "shadow", "shells", "ssl", "system-release", "terminfo", "timezone", "zoneinfo",
})  # fmt: skip
"""What libraries read in /etc to know the machine. Everything else there is somebody's configuration."""


def is_of_the_machine(path: str) -> bool:
    """Whether a file says what the machine is, and is nobody's data or configuration.

    >>> is_of_the_machine("/etc/localtime"), is_of_the_machine("/etc/app/settings.toml")
    (True, False)
    """
    if path.startswith("/etc/"):
        return path.split("/", 3)[2] in _IN_ETC
    return path.startswith(_FOLDERS) and not path.startswith(_DATA_IN_THEM)
