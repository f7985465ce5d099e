/* What the instruments share: an end with a reason, the clock, order statistics, Unix sockets and whole files. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

/* Ends the program: the instruments measure or say why they cannot. */
#define fail(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1))

/* Ends the program when a system call has failed; else the call's result. */
static inline long check(long result, const char *call) {
    if (result < 0) fail("%s: %s", call, strerror(errno));
    return result;
}

/* Nanoseconds on a clock that is never set. */
static inline int64_t now(void) {
    struct timespec time;
    check(clock_gettime(CLOCK_MONOTONIC, &time), "clock_gettime");
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Numbers in the order in which they were measured, and then in their own. */
struct samples {
    double *values;
    size_t count, room;
};

static inline void add(struct samples *samples, double value) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : 1024;
        samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
        if (!samples->values) fail("out of memory");
    }
    samples->values[samples->count++] = value;
}

static inline int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The value below which the fraction of the samples lies; sorts them. */
static inline double quantile(struct samples *samples, double fraction) {
    if (!samples->count) fail("nothing was measured");
    qsort(samples->values, samples->count, sizeof *samples->values, ascending);
    return samples->values[(size_t)(fraction * (double)(samples->count - 1) + 0.5)];
}

static inline struct sockaddr_un address(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) fail("too long for a socket: %s", path);
    strcpy(address.sun_path, path);
    return address;
}

struct bytes {
    char *start;
    size_t count;
};

static inline struct bytes contents(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("%s: %s", path, strerror(errno));
    struct bytes bytes = {malloc(1 << 16), 0};
    if (bytes.start) bytes.count = fread(bytes.start, 1, 1 << 16, file);
    if (!bytes.count || !feof(file)) fail("%s is empty or too large", path);
    fclose(file);
    return bytes;
}
