/* usage: wakeups PID SECONDS

   Watches a process that has nothing to do, and prints how often it woke up: in how many tenths of a second any of its
   threads went to sleep, came, or ended. A wake-up may pass through several threads. */
#include "instrument.h"

#include <dirent.h>
#include <inttypes.h>

static const struct timespec interval = {.tv_nsec = 100000000};

/* A number that changes when a thread comes or ends, or goes to sleep of its own accord. */
static uint64_t activity(const char *directory) {
    DIR *threads = opendir(directory);
    if (!threads) fail("%s: %s", directory, strerror(errno));
    uint64_t sum = 0;
    for (struct dirent *entry; (entry = readdir(threads));) {
        char path[512], line[256];
        uint64_t sleeps;
        snprintf(path, sizeof path, "%s/%s/status", directory, entry->d_name);
        FILE *status = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!status) continue;
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &sleeps) == 1)
                sum += (uint64_t)atoi(entry->d_name) * UINT64_C(0x9E3779B97F4A7C15) + sleeps;
        fclose(status);
    }
    closedir(threads);
    return sum;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: wakeups PID SECONDS");
    char directory[64];
    snprintf(directory, sizeof directory, "/proc/%d/task", atoi(argv[1]));
    uint64_t last = activity(directory);
    int wakeups = 0;
    int64_t end = now() + (int64_t)(strtod(argv[2], NULL) * 1e9);
    while (now() < end) {
        nanosleep(&interval, NULL);
        uint64_t current = activity(directory);
        wakeups += current != last;
        last = current;
    }
    printf("%d\n", wakeups);
}
