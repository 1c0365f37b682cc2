/* Sockets, TLS and the event loop. Everything is timed from socket() on. */
#include "popload.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static int loop;
static SSL_CTX *context;
static struct addrinfo *target;
static struct connection *all;
static long begun_sessions, active, held, over;

static void watch(struct connection *c, uint32_t events)
{
    if (c->watched == events) return;
    struct epoll_event event = { .events = events, .data.ptr = c };
    epoll_ctl(loop, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &event);
    c->watched = events;
}

static void release(struct connection *c)
{
    if (c->step == HELD) held--;
    else active--;
    over++;
    if (c->secure && c->step == QUIT) SSL_shutdown(c->tls);
    SSL_free(c->tls);
    ERR_clear_error();
    close(c->fd);
    if (c->previous) c->previous->next = c->next;
    else all = c->next;
    if (c->next) c->next->previous = c->previous;
    EVP_MD_CTX_free(c->digest);
    free(c->sizes);
    free(c);
}

static void begin_session(double due)
{
    struct connection *c = need(calloc(1, sizeof *c));
    c->number = begun_sessions++;
    c->user = options.first_user + c->number % (options.last_user - options.first_user + 1);
    c->begun = due;
    c->last_heard = now();
    c->next = all;
    if (all) all->previous = c;
    all = c;
    active++;
    c->fd = socket(target->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) stop("socket: %s", strerror(errno));
    int one = 1, small = 4096;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (options.octets_per_second > 0) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    c->tls = need(SSL_new(context));
    SSL_set_fd(c->tls, c->fd);
    SSL_set_connect_state(c->tls);
    conversation_begin(c);
    if (connect(c->fd, target->ai_addr, target->ai_addrlen) && errno != EINPROGRESS) {
        result_error(c, "connect: %s", strerror(errno));
        release(c);
        return;
    }
    watch(c, EPOLLOUT);
}

/* What libssl wants before it goes on; -1 when it cannot. */
static int wants(struct connection *c, int status, const char *what)
{
    int error = SSL_get_error(c->tls, status);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return 0;
    char text[160] = "closed";
    if (ERR_peek_error()) ERR_error_string_n(ERR_peek_error(), text, sizeof text);
    ERR_clear_error();
    result_error(c, "%s: %s", what, text);
    return -1;
}

static int write_out(struct connection *c)
{
    while (c->out_sent < c->out_length) {
        int count = SSL_write(c->tls, c->out + c->out_sent, (int)(c->out_length - c->out_sent));
        if (count <= 0) return wants(c, count, "write");
        c->out_sent += count;
    }
    return 0;
}

/* All that may happen on a connection; -1 when it is over. */
static int drive(struct connection *c)
{
    static char octets[65536];
    c->last_heard = now();
    if (!c->connected) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error) { result_error(c, "connect: %s", strerror(error)); return -1; }
        c->connected = 1;
    }
    if (!c->secure) {
        int status = SSL_do_handshake(c->tls);
        if (status != 1) {
            if (wants(c, status, "TLS handshake") < 0) return -1;
            watch(c, EPOLLIN);
            return 0;
        }
        c->secure = 1;
    }
    for (;;) {
        if (write_out(c) < 0) return -1;
        int slow = options.octets_per_second > 0;
        /* Urgent data never comes: it stands for nothing to look for. */
        if (slow && c->ready > now()) { watch(c, EPOLLPRI); return 0; }
        int count = SSL_read(c->tls, octets, slow ? 1024 : sizeof octets);
        if (count <= 0) {
            if (wants(c, count, "read") < 0) return -1;
            break;
        }
        /* A server that leaves Nagle's algorithm on would cost 40 ms a reply else. */
        int one = 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
        if (slow) c->ready = now() + count / options.octets_per_second;
        enum step before = c->step;
        if (conversation_read(c, octets, count) < 0) return -1;
        if (c->step == HELD && before != HELD) { active--; held++; }
    }
    watch(c, EPOLLIN | (c->out_sent < c->out_length ? EPOLLOUT : 0));
    return 0;
}

static void begin_due_sessions(double start)
{
    double t = now();
    while (active < options.concurrent) {
        if (options.sessions && begun_sessions >= options.sessions) return;
        if (options.seconds > 0 && t - start > options.seconds) return;
        double due = options.sessions_per_second > 0 ? start + begun_sessions / options.sessions_per_second : t;
        if (due > t) return;
        begin_session(due);
    }
}

static int all_are_done(double start)
{
    if (all) return 0;
    if (options.sessions && begun_sessions >= options.sessions) return 1;
    return options.seconds > 0 && now() - start > options.seconds;
}

/* Those that read slowly and may read again; those that wait too long. */
static void look_at_clocks(void)
{
    double t = now();
    for (struct connection *c = all, *next; c; c = next) {
        next = c->next;
        if (c->step == HELD) continue;
        if (c->ready > 0 && c->ready <= t) {
            c->ready = 0;
            if (drive(c) < 0) release(c);
        } else if (t - c->last_heard > options.patience && c->ready == 0) {
            result_error(c, "%.0f s without an octet", options.patience);
            release(c);
        }
    }
}

/* Tells that all are held, and ends them when the standard input does. */
static void tell_held(void)
{
    static int told;
    if (!told && held + over == options.sessions) {
        told = 1;
        printf("held %ld\n", held);
        fflush(stdout);
    }
    struct pollfd input = { .fd = 0, .events = POLLIN };
    char octet;
    if (!told || poll(&input, 1, 0) <= 0 || read(0, &octet, 1) > 0) return;
    for (struct connection *c = all, *next; c; c = next) {
        next = c->next;
        if (c->step != HELD) continue;
        held--;
        active++;
        conversation_end(c);
        if (drive(c) < 0) release(c);
    }
}

void run_load(void)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM };
    int status = getaddrinfo(options.host, options.port, &hint, &target);
    if (status) stop("%s port %s: %s", options.host, options.port, gai_strerror(status));
    context = need(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    loop = epoll_create1(EPOLL_CLOEXEC);
    double start = now(), looked = start;
    int tick = options.sessions_per_second > 0 || options.octets_per_second > 0 ? 5 : 50;
    for (;;) {
        begin_due_sessions(start);
        if (all_are_done(start)) return;
        struct epoll_event events[256];
        int count = epoll_wait(loop, events, 256, tick);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (drive(c) < 0) release(c);
        }
        if (options.mode == HOLD) tell_held();
        if (now() - looked > (options.octets_per_second > 0 ? 0.02 : 1)) {
            looked = now();
            look_at_clocks();
        }
    }
}
