"""The fence around a child process: resource limits, Landlock and a system call filter, on Linux.

Self-contained (standard library only), since the child runs it before anything else.

.. [Landlock] https://docs.kernel.org/userspace-api/landlock.html
.. [seccomp] https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER, _PR_SET_DUMPABLE = 38, 22, 2, 4
_ALLOW, _ERRNO_EPERM = 0x7FFF0000, 0x00050001
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ALL_FILE_RIGHTS = (1 << 15) - 1
_DEVICE_IOCTL = 1 << 15
_ALL_NETWORK_RIGHTS = 3
_ALL_SCOPES = 3
_LEAST_ABI = 4
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_DENIED = {
    "x86_64": """
        41 42 43 49 50 53 56 57 58 59 62 90 91 92 93 94 101 103 129 132 155 159 160 161 163 164 165 166 167 168 169 170
        171 172 173 175 176 179 188 189 190 197 198 199 200 227 234 235 246 248 249 250 260 261 268 272 280 288 297 298
        302 304 305 308 310 311 313 317 319 320 321 322 323 424 425 426 427 428 429 430 431 432 433 434 435 438 440 442
        452
    """,
    "aarch64": """
        5 6 7 14 15 16 39 40 41 51 52 53 54 55 60 88 89 97 104 105 106 112 116 117 129 130 131 138 142 161 162 164 170
        171 198 199 200 201 202 203 217 218 219 220 221 224 225 240 241 242 261 265 266 268 270 271 273 277 279 280 281
        282 294 424 425 426 427 428 429 430 431 432 433 434 435 438 440 442 452
    """,
}
"""Numbers of the calls that make sockets and processes, signal, trace, mount, change namespaces, owners, modes, times
and limits, load code into the kernel or go around it: socket, connect, bind, listen, accept, socketpair, clone, fork,
vfork, execve, kill, ptrace, pivot_root, mount, unshare, setns, process_vm_*, bpf, userfaultfd, perf_event_open,
memfd_create, io_uring_*, clone3, pidfd_*, chmod, chown, setxattr, utimensat, setrlimit, prlimit64, and relatives."""


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Cap address space, CPU time, files written, open files and core dumps of this process."""
    import resource

    for kind, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 64),
    ):
        _, hard = resource.getrlimit(kind)
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (least, least))


def landlock_abi() -> int:
    """The version of Landlock this kernel offers; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def can_fence() -> bool:
    """Whether this machine has what `fence` needs; whether it works is only known after trying."""
    return platform.machine() in _ARCHITECTURE and landlock_abi() >= _LEAST_ABI


def fence(readable: list[str]) -> None:
    """Take from this process, for good, all files but those under `readable`, the network and new processes.

    Raises:
        OSError: the kernel refused; nothing may be run then.
    """
    if not can_fence():
        raise OSError("no Landlock of version 4 or later, or an unknown processor")
    libc = _libc()
    _call(libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call(libc.prctl, _PR_SET_DUMPABLE, 0, 0, 0, 0)
    _landlock(libc, readable)
    _seccomp(libc)


def _landlock(libc: ctypes.CDLL, readable: list[str]) -> None:
    abi = landlock_abi()
    files = _ALL_FILE_RIGHTS | (_DEVICE_IOCTL if abi >= 5 else 0)
    attributes = struct.pack("QQQ", files, _ALL_NETWORK_RIGHTS, _ALL_SCOPES)[: 24 if abi >= 6 else 16]
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = _call(libc.syscall, _CREATE_RULESET, buffer, ctypes.c_size_t(len(attributes)), 0)
    for path in filter(lambda place: Path(place).is_dir(), readable):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", _READ_FILE | _READ_DIR, descriptor), 12)
        _call(libc.syscall, _ADD_RULE, ruleset, 1, rule, 0)
        os.close(descriptor)
    _call(libc.syscall, _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _seccomp(libc: ctypes.CDLL) -> None:
    """Answer EPERM to every denied call; a foreign architecture kills the process."""
    machine = platform.machine()
    program = [
        (0x20, 0, 0, 4),
        (0x15, 1, 0, _ARCHITECTURE[machine]),
        (0x06, 0, 0, 0),
        (0x20, 0, 0, 0),
        (0x35, 0, 1, _X32_BIT),
        (0x06, 0, 0, _ERRNO_EPERM),
    ]
    for number in _DENIED[machine].split():
        program += [(0x15, 0, 1, int(number)), (0x06, 0, 0, _ERRNO_EPERM)]
    program.append((0x06, 0, 0, _ALLOW))
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer)), 16)
    _call(libc.prctl, _PR_SET_SECCOMP, _SECCOMP_FILTER, header, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(function: Callable[..., int], *arguments: object) -> int:
    answer = int(function(*arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"the kernel refused: {os.strerror(ctypes.get_errno())}")
    return answer
