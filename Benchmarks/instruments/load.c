/* usage: load fetch REQUEST SOCKET
          load persistent|connect|crowd SECONDS REQUEST REPLY SOCKET FLOOR

   Asks a server on a Unix socket for what the file REQUEST says, again and again. `fetch` prints the reply, head and
   body. The others measure two servers in turns, the one in question and its floor, for so long in all, and expect as
   many bytes as the file REPLY has:

     persistent  one client on one connection; prints median and 99th percentile in microseconds
     connect     one client, a connection for each request; prints the same
     crowd       64 connections at once; prints replies a second

   One line for each figure: the server's, the floor's and their ratio. Turns are short, and the ratio is the median of
   the turns' ratios where a turn has enough samples, so what disturbs the machine disturbs both. */
#include "instrument.h"

#include <sys/epoll.h>
#include <unistd.h>

enum { crowd_size = 64, requests_a_turn = 200 };
static const int64_t crowd_turn = 250000000;

static struct bytes request, reply;

static int connected(const char *path) {
    struct sockaddr_un name = address(path);
    int connection = (int)check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    check(connect(connection, (struct sockaddr *)&name, sizeof name), path);
    return connection;
}

static void ask(int connection) {
    if (check(send(connection, request.start, request.count, MSG_NOSIGNAL), "send") != (long)request.count)
        fail("the request was taken in part");
}

/* Receives what is there, at most `room` bytes, and makes sure that it is no error. */
static size_t receive(int connection, char *buffer, size_t room) {
    long count = check(recv(connection, buffer, room, 0), "recv");
    if (!count) fail("the server has closed the connection");
    return (size_t)count;
}

static void await_reply(int connection) {
    char buffer[1 << 16];
    size_t count = 0;
    while (count < reply.count) count += receive(connection, buffer + count, reply.count - count);
    if (memcmp(buffer, reply.start, sizeof "HTTP/1.1 200" - 1)) fail("the reply is not the one that was expected");
}

/* One reply of any length, as its head tells. */
static struct bytes fetched(int connection) {
    static char buffer[1 << 16];
    size_t count = 0;
    ask(connection);
    for (;;) {
        if (count == sizeof buffer - 1) fail("the reply is too long");
        count += receive(connection, buffer + count, sizeof buffer - 1 - count);
        buffer[count] = 0;
        char *body = strstr(buffer, "\r\n\r\n"), *length = strstr(buffer, "content-length: ");
        if (!body || !length) continue;
        size_t whole = (size_t)(body + 4 - buffer) + strtoul(length + 16, NULL, 10);
        if (count >= whole) return (struct bytes){buffer, whole};
    }
}

/* A server, and how it has done. */
struct side {
    const char *path;
    int connections[crowd_size];
    struct samples turn, all;
};

/* Adds a turn's latencies to the others and gives their median. */
static double close_turn(struct side *side) {
    double median = quantile(&side->turn, 0.5);
    for (size_t i = 0; i < side->turn.count; i++) add(&side->all, side->turn.values[i]);
    side->turn.count = 0;
    return median;
}

static double persistent_turn(struct side *side) {
    for (int i = 0; i < requests_a_turn; i++) {
        int64_t start = now();
        ask(side->connections[0]);
        await_reply(side->connections[0]);
        add(&side->turn, (double)(now() - start) / 1e3);
    }
    return close_turn(side);
}

static double connect_turn(struct side *side) {
    for (int i = 0; i < requests_a_turn; i++) {
        int64_t start = now();
        int connection = connected(side->path);
        ask(connection);
        await_reply(connection);
        close(connection);
        add(&side->turn, (double)(now() - start) / 1e3);
    }
    return close_turn(side);
}

/* Keeps every connection busy for one turn; replies a second. */
static double crowd_turn_of(struct side *side) {
    size_t received[crowd_size] = {0};
    int epoll = (int)check(epoll_create1(0), "epoll_create1"), busy = crowd_size;
    long replies = 0;
    for (uint32_t i = 0; i < crowd_size; i++) {
        struct epoll_event interest = {.events = EPOLLIN, .data.u32 = i};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, side->connections[i], &interest), "epoll_ctl");
    }
    int64_t start = now(), end = start;
    for (int i = 0; i < crowd_size; i++) ask(side->connections[i]);
    while (busy) {
        struct epoll_event events[crowd_size];
        int count = (int)check(epoll_wait(epoll, events, crowd_size, 5000), "epoll_wait");
        if (!count) fail("the server does not answer");
        end = now();
        for (int e = 0; e < count; e++) {
            char buffer[1 << 16];
            uint32_t i = events[e].data.u32;
            received[i] += receive(side->connections[i], buffer, reply.count - received[i]);
            if (received[i] < reply.count) continue;
            received[i] = 0;
            replies++;
            if (end - start < crowd_turn) ask(side->connections[i]); else busy--;
        }
    }
    close(epoll);
    double rate = (double)replies * 1e9 / (double)(end - start);
    add(&side->all, rate);
    return rate;
}

static void print(double measured, double floor, double ratio) { printf("%.1f %.1f %.3f\n", measured, floor, ratio); }

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "fetch")) {
        request = contents(argv[2]);
        struct bytes reply = fetched(connected(argv[3]));
        fwrite(reply.start, 1, reply.count, stdout);
        return 0;
    }
    if (argc != 7) fail("usage: load fetch REQUEST SOCKET | MODE SECONDS REQUEST REPLY SOCKET FLOOR");
    const char *mode = argv[1];
    double (*turn)(struct side *) = !strcmp(mode, "persistent") ? persistent_turn
                                    : !strcmp(mode, "connect")  ? connect_turn
                                    : !strcmp(mode, "crowd")    ? crowd_turn_of
                                                                : NULL;
    if (!turn) fail("load: no mode is called %s", mode);
    request = contents(argv[3]);
    reply = contents(argv[4]);
    struct side server = {.path = argv[5]}, floor = {.path = argv[6]};
    struct samples ratios = {0};
    int connections = turn == crowd_turn_of ? crowd_size : turn == persistent_turn ? 1 : 0;
    for (int i = 0; i < connections; i++) {
        server.connections[i] = connected(server.path);
        floor.connections[i] = connected(floor.path);
    }
    for (int i = 0; i < 3; i++) turn(&server), turn(&floor);
    server.all.count = floor.all.count = 0;
    int64_t end = now() + (int64_t)(strtod(argv[2], NULL) * 1e9);
    while (now() < end) {
        double measured = turn(&server);
        add(&ratios, measured / turn(&floor));
    }
    print(quantile(&server.all, 0.5), quantile(&floor.all, 0.5), quantile(&ratios, 0.5));
    if (turn == crowd_turn_of) return 0;
    double measured = quantile(&server.all, 0.99), least = quantile(&floor.all, 0.99);
    print(measured, least, measured / least);
}
