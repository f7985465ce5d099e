#pragma once

#include <spawn.h>
#include <sys/types.h>

/// Linux calls that Swift's Glibc module does not export. Nothing here holds state.

/// Who stands at the other end of a Unix socket, as the kernel saw it when the connection was made: the `struct ucred`
/// of `SO_PEERCRED` (unix(7)).
struct clinux_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/// Reads the credentials of the peer of a connected Unix socket.
///
/// Returns 0, or -1 with `errno` set as by getsockopt(2).
int clinux_peer_of(int socket, struct clinux_peer *peer);

/// Forbids core dumps of this process and keeps other processes of the same user from attaching to it or reading its
/// memory: `PR_SET_DUMPABLE` with 0 (prctl(2)).
///
/// Returns 0, or -1 with `errno` set.
int clinux_forbid_dumps(void);

/// Makes a pipe whose ends are closed in children: pipe2(2) with `O_CLOEXEC`.
///
/// Returns 0, or -1 with `errno` set.
int clinux_pipe(int ends[2]);

/// Adds to what posix_spawn(3) does in the child: closing every descriptor from `first` on.
///
/// Returns 0 or an error number, as posix_spawn_file_actions_addclose(3).
int clinux_close_from(posix_spawn_file_actions_t *actions, int first);

/// Lets all threads allocate from one heap, where each would have its own: `M_ARENA_MAX` with 1 (mallopt(3)).
///
/// Returns 1, or 0 on error.
int clinux_share_heap(void);
