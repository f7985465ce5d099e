/* usage: echo-server SOCKET REQUEST REPLY

   The floor for the daemon's readers: a server with one thread and epoll that knows nothing. For so many bytes as the
   file REQUEST has it sends those of the file REPLY, whatever they are. */
#include "../instruments/instrument.h"

#include <sys/epoll.h>
#include <unistd.h>

enum { most_connections = 1024 };

static size_t received[most_connections];

/* Answers what has come; closes the connection when the client has. */
static void serve(int connection, struct bytes request, struct bytes reply) {
    char buffer[1 << 14];
    ssize_t count = recv(connection, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        close(connection);
        return;
    }
    received[connection] += (size_t)count;
    for (; received[connection] >= request.count; received[connection] -= request.count)
        if (send(connection, reply.start, reply.count, MSG_NOSIGNAL) < 0) return;
}

int main(int argc, char **argv) {
    if (argc != 4) fail("usage: echo-server SOCKET REQUEST REPLY");
    struct bytes request = contents(argv[2]), reply = contents(argv[3]);
    struct sockaddr_un name = address(argv[1]);
    int listener = (int)check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    check(bind(listener, (struct sockaddr *)&name, sizeof name), argv[1]);
    check(listen(listener, 128), "listen");
    int epoll = (int)check(epoll_create1(0), "epoll_create1");
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = listener}, events[64];
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest), "epoll_ctl");
    for (;;) {
        int count = (int)check(epoll_wait(epoll, events, 64, -1), "epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                serve(events[i].data.fd, request, reply);
                continue;
            }
            int connection = (int)check(accept4(listener, NULL, NULL, 0), "accept4");
            if (connection >= most_connections) fail("too many connections");
            received[connection] = 0;
            interest.data.fd = connection;
            check(epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &interest), "epoll_ctl");
        }
    }
}
