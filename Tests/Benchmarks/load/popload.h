/* popload: a load of POP3 clients over TLS, in one event loop. `popload` without an argument prints how it is used. */
#ifndef POPLOAD_H
#define POPLOAD_H

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdint.h>

enum mode { POLL, DRAIN, HOLD };

struct options {
    enum mode mode;
    const char *host, *port, *user, *password, *manifest;
    int concurrent, first_user, last_user, uidl;
    long sessions, expected;            /* how many in all, 0: by time; messages that STAT must say, -1: any */
    double seconds, sessions_per_second, octets_per_second, patience;
};
extern struct options options;

/* The commands in the order in which a session sends them. */
enum step { GREETING, USER, PASS, STAT, LIST, UIDL, RETR, QUIT, HELD };

struct connection {
    int fd;
    SSL *tls;
    uint32_t watched;                   /* what epoll looks for now */
    int connected, secure;
    long number, user;                  /* of the session, from 0; of its user */
    double begun, sent, last_heard, ready;      /* ready: a slow reader reads no more before */
    enum step step;                     /* whose reply is awaited */
    char out[600];
    size_t out_length, out_sent;
    char line[600];                     /* the beginning of the line that is being read */
    size_t line_length;
    int inside;                         /* of a multi-line reply */
    long messages, message, lines;      /* by STAT; under way, from 1; of this reply */
    long octets, *sizes;                /* of this message; by LIST */
    int line_has_begun;                 /* a dot at its start was looked at */
    EVP_MD_CTX *digest;
    struct connection *previous, *next;
};

double now(void);
void stop(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *need(void *memory);

/* What a client must see of a user's mail: a line a message, `name TAB octets TAB SHA-256`. */
void manifest_load(const char *pattern, int first_user, int last_user);
/* Why these octets are not message `number` of the user, or NULL. */
const char *manifest_differs(long user, long number, long octets, const unsigned char *digest);
/* `pattern` with the number in the place of %d. */
void with_number(char *result, size_t room, const char *pattern, long number);

/* What came of it. */
enum latency { LOGIN_TIME, STAT_TIME, STAT_SINCE_CONNECT, RETR_TIME, SESSION_TIME, LATENCIES };
void result_add(enum latency what, double seconds);
void result_error(const struct connection *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void result_count(long sessions, long messages, long octets);
int result_print(double seconds);       /* one JSON object; gives the exit status */

/* The conversation. Both give 0, or -1 when the session is over. */
void conversation_begin(struct connection *c);
int conversation_read(struct connection *c, const char *octets, size_t count);
void conversation_end(struct connection *c);    /* a held session says QUIT */

/* The sockets. */
void run_load(void);

#endif
