/* usage: wakeups PID SECONDS

   Watches a process that has nothing to do. Prints how often it woke up, and how often one of its threads went back to
   sleep in all that: a wake-up may pass through several threads. Threads that sleep within the same tenth of a second
   count as one wake-up. */
#include "instrument.h"

#include <dirent.h>

static const struct timespec interval = {.tv_nsec = 100000000};

/* How often the threads of a process have gone to sleep of their own accord. */
static long sleeps(const char *directory) {
    DIR *threads = opendir(directory);
    if (!threads) fail("%s: %s", directory, strerror(errno));
    long sum = 0;
    for (struct dirent *entry; (entry = readdir(threads));) {
        char path[512], line[256];
        long count;
        snprintf(path, sizeof path, "%s/%s/status", directory, entry->d_name);
        FILE *status = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!status) continue;
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1) sum += count;
        fclose(status);
    }
    closedir(threads);
    return sum;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: wakeups PID SECONDS");
    char directory[64];
    snprintf(directory, sizeof directory, "/proc/%d/task", atoi(argv[1]));
    long first = sleeps(directory), last = first;
    int wakeups = 0;
    int64_t end = now() + (int64_t)(strtod(argv[2], NULL) * 1e9);
    while (now() < end) {
        nanosleep(&interval, NULL);
        long count = sleeps(directory);
        wakeups += count != last;
        last = count;
    }
    printf("%d %ld\n", wakeups, last - first);
}
