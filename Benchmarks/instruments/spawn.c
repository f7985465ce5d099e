/* usage: spawn ROUNDS COMMAND [ARGUMENT…] [-- COMMAND [ARGUMENT…]]…

   Runs each command once a round, one after the other, its output thrown away, and prints for each the median time from
   before it was started until after it has ended, in microseconds. */
#include "instrument.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_commands = 8 };

static double run(char **command, posix_spawn_file_actions_t *actions) {
    pid_t process;
    int status;
    int64_t start = now();
    int error = posix_spawnp(&process, command[0], actions, NULL, command, environ);
    if (error) fail("%s: %s", command[0], strerror(error));
    check(wait4(process, &status, 0, NULL), "wait4");
    double time = (double)(now() - start) / 1e3;
    if (status) fail("%s has failed", command[0]);
    return time;
}

int main(int argc, char **argv) {
    if (argc < 3) fail("usage: spawn ROUNDS COMMAND [ARGUMENT...] [-- COMMAND [ARGUMENT...]]...");
    char **commands[most_commands];
    struct samples times[most_commands] = {{0}};
    int count = 0;
    commands[count++] = argv + 2;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--")) continue;
        if (count == most_commands) fail("too many commands");
        argv[i] = NULL;
        commands[count++] = argv + i + 1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (int round = atoi(argv[1]); round > 0; round--)
        for (int i = 0; i < count; i++) add(&times[i], run(commands[i], &actions));
    for (int i = 0; i < count; i++) printf("%.1f%c", quantile(&times[i], 0.5), i == count - 1 ? '\n' : ' ');
}
