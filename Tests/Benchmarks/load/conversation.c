/* What a session says and hears. One command at a time, as PCs do; a multi-line reply is read as it comes. */
#include "popload.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *names[] = { "the greeting", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR", "QUIT", "held" };

static void say(struct connection *c, enum step step, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(struct connection *c, enum step step, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    c->out_length = vsnprintf(c->out, sizeof c->out, format, arguments);
    va_end(arguments);
    if (c->out_length >= sizeof c->out) stop("a command is too long");
    c->out_sent = 0;
    c->step = step;
    c->sent = now();
}

void conversation_begin(struct connection *c)
{
    c->step = GREETING;
    c->sent = now();
    c->messages = -1;
}

static void say_next(struct connection *c)
{
    char word[256];
    switch (c->step) {
    case GREETING:
        with_number(word, sizeof word, options.user, c->user);
        say(c, USER, "USER %s\r\n", word);
        break;
    case USER:
        with_number(word, sizeof word, options.password, c->user);
        say(c, PASS, "PASS %s\r\n", word);
        break;
    case PASS: say(c, STAT, "STAT\r\n"); break;
    case STAT:
        if (options.mode == HOLD) { c->step = HELD; break; }
        if (options.mode == DRAIN) { say(c, LIST, "LIST\r\n"); break; }
        if (options.uidl) { say(c, UIDL, "UIDL\r\n"); break; }
        say(c, QUIT, "QUIT\r\n");
        break;
    case LIST: case RETR:
        if (c->message < c->messages) { c->message++; say(c, RETR, "RETR %ld\r\n", c->message); break; }
        say(c, QUIT, "QUIT\r\n");
        break;
    case UIDL: case HELD: say(c, QUIT, "QUIT\r\n"); break;
    case QUIT: break;
    }
}

void conversation_end(struct connection *c) { say_next(c); }

/* A reply that is not multi-line, or the first line of one that is. */
static int status_line(struct connection *c, const char *line)
{
    if (strncmp(line, "+OK", 3)) {
        result_error(c, "%s %ld was answered %.150s", names[c->step], c->message, line);
        return -1;
    }
    double t = now();
    switch (c->step) {
    case PASS: result_add(LOGIN_TIME, t - c->begun); break;
    case STAT:
        if (sscanf(line, "+OK %ld", &c->messages) != 1 || c->messages < 0 || c->messages > 10000000) {
            result_error(c, "STAT was answered %.100s", line);
            return -1;
        }
        result_add(STAT_TIME, t - c->sent);
        result_add(STAT_SINCE_CONNECT, t - c->begun);
        if (options.expected >= 0 && c->messages != options.expected) {
            result_error(c, "STAT says %ld messages, not %ld", c->messages, options.expected);
            return -1;
        }
        if (options.mode == DRAIN) c->sizes = need(calloc(c->messages + 1, sizeof *c->sizes));
        break;
    case QUIT:
        result_count(1, 0, 0);
        result_add(SESSION_TIME, t - c->begun);
        return -1;
    case RETR:
        if (!c->digest) c->digest = need(EVP_MD_CTX_new());
        EVP_DigestInit_ex(c->digest, EVP_sha256(), NULL);
        c->octets = 0;
        break;
    default: break;
    }
    c->inside = c->step == LIST || c->step == UIDL || c->step == RETR;
    c->lines = c->line_has_begun = 0;
    if (!c->inside) say_next(c);
    return 0;
}

static int message_ended(struct connection *c)
{
    unsigned char digest[32];
    EVP_DigestFinal_ex(c->digest, digest, NULL);
    result_add(RETR_TIME, now() - c->sent);
    result_count(0, 1, c->octets);
    const char *why = manifest_differs(c->user, c->message, c->octets, digest);
    /* A CRLF at the end that the stored message lacks is not in its size, at any mail server. */
    long listed = c->sizes[c->message];
    if (!why && listed != c->octets && listed + 2 != c->octets) why = "has another size than in LIST";
    if (why) { result_error(c, "message %ld, %ld octets, %s", c->message, c->octets, why); return -1; }
    return 0;
}

static int reply_ended(struct connection *c)
{
    c->inside = 0;
    if (c->step == RETR && message_ended(c) < 0) return -1;
    if (c->step != RETR && c->lines != c->messages) {
        result_error(c, "%s has %ld lines, STAT said %ld", names[c->step], c->lines, c->messages);
        return -1;
    }
    say_next(c);
    return 0;
}

/* Octets of a multi-line reply, at most up to the end of a line. Gives how many were used, or -1 when it is over. */
static long inside(struct connection *c, const char *octets, size_t count)
{
    const char *end = memchr(octets, '\n', count);
    size_t length = end ? (size_t)(end + 1 - octets) : count;
    size_t room = sizeof c->line - 1 - c->line_length, kept = length < room ? length : room;
    if (!c->line_has_begun || c->step == LIST) {
        /* A lone dot ends the reply, another is one too many: the line's start must be there whole. */
        memcpy(c->line + c->line_length, octets, kept);
        c->line_length += kept;
        if (!end && c->line_length < 3) return length;
        c->line[c->line_length] = 0;
        if (!strcmp(c->line, ".\r\n")) {
            c->line_length = 0;
            return reply_ended(c) < 0 ? -1 : (long)length;
        }
        if (c->step == RETR) {
            size_t dots = c->line[0] == '.';
            EVP_DigestUpdate(c->digest, c->line + dots, c->line_length - dots);
            c->octets += c->line_length - dots;
            octets += kept;
            EVP_DigestUpdate(c->digest, octets, length - kept);
            c->octets += length - kept;
            c->line_length = 0;
        }
        c->line_has_begun = 1;
    } else if (c->step == RETR) {
        EVP_DigestUpdate(c->digest, octets, length);
        c->octets += length;
    }
    if (end) {
        long number, size;
        c->lines++;
        if (c->step == LIST && sscanf(c->line, "%ld %ld", &number, &size) == 2 && number > 0 && number <= c->messages)
            c->sizes[number] = size;
        c->line_length = c->line_has_begun = 0;
    }
    return length;
}

int conversation_read(struct connection *c, const char *octets, size_t count)
{
    while (count > 0) {
        if (c->inside) {
            long used = inside(c, octets, count);
            if (used < 0) return -1;
            octets += used;
            count -= used;
            continue;
        }
        char octet = *octets++;
        count--;
        if (c->line_length == sizeof c->line - 1) { result_error(c, "a status line is too long"); return -1; }
        c->line[c->line_length++] = octet;
        if (octet != '\n') continue;
        c->line[c->line_length] = 0;
        c->line_length = 0;
        if (c->step == HELD) { result_error(c, "a line nobody asked for: %.100s", c->line); return -1; }
        if (status_line(c, c->line) < 0) return -1;
    }
    return 0;
}
