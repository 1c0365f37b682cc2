#include "popload.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char usage[] =
    "usage: popload poll|drain|hold [options]\n"
    "  poll     log in, STAT, UIDL, QUIT, again and again\n"
    "  drain    log in, STAT, LIST, RETR each message one at a time, QUIT; each is compared with the manifest\n"
    "  hold     log in, STAT; prints 'held N' when all are there, and ends when its standard input does\n"
    " -H, --host ADDRESS    -p, --port PORT     TLS from the first octet (127.0.0.1, 995)\n"
    " -u, --user PATTERN    -P, --password PATTERN    %d in it is the number of the user\n"
    "     --users LOW-HIGH  the numbers, taken in turn (1-1)\n"
    " -c, --concurrent N    sessions at a time (1; hold: logins at a time)\n"
    " -n, --sessions N      in all                 -d, --seconds S    or for so long\n"
    "     --rate R          begin R sessions a second, however fast they end\n"
    "     --read-rate R     octets a second that a session reads\n"
    "     --manifest PATTERN    drain: one file a user\n"
    "     --expect N        STAT must say N messages\n"
    "     --no-uidl         poll: STAT alone\n"
    "     --patience S      without an octet (60)\n";

struct options options = { .host = "127.0.0.1", .port = "995", .user = "", .password = "", .uidl = 1, .concurrent = 1,
                           .first_user = 1, .last_user = 1, .expected = -1, .patience = 60 };

double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

void stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("popload: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(2);
}

void *need(void *memory)
{
    if (!memory) stop("out of memory");
    return memory;
}

void with_number(char *result, size_t room, const char *pattern, long number)
{
    const char *place = strstr(pattern, "%d");
    if (place) snprintf(result, room, "%.*s%ld%s", (int)(place - pattern), pattern, number, place + 2);
    else snprintf(result, room, "%s", pattern);
}

static void read_options(int count, char **arguments)
{
    enum { USERS = 256, RATE, READ_RATE, MANIFEST, EXPECT, NO_UIDL, PATIENCE };
    static const struct option known[] = {
        { "host", 1, 0, 'H' }, { "port", 1, 0, 'p' }, { "user", 1, 0, 'u' }, { "password", 1, 0, 'P' },
        { "users", 1, 0, USERS }, { "concurrent", 1, 0, 'c' }, { "sessions", 1, 0, 'n' }, { "seconds", 1, 0, 'd' },
        { "rate", 1, 0, RATE }, { "read-rate", 1, 0, READ_RATE }, { "manifest", 1, 0, MANIFEST },
        { "expect", 1, 0, EXPECT }, { "no-uidl", 0, 0, NO_UIDL }, { "patience", 1, 0, PATIENCE }, { 0 } };
    static const char *modes[] = { "poll", "drain", "hold" };
    int mode = 0;
    while (mode < 3 && (count < 2 || strcmp(arguments[1], modes[mode]))) mode++;
    if (mode == 3) { fputs(usage, stderr); exit(2); }
    options.mode = mode;
    for (int key; (key = getopt_long(count - 1, arguments + 1, "H:p:u:P:c:n:d:", known, NULL)) != -1;) switch (key) {
        case 'H': options.host = optarg; break;
        case 'p': options.port = optarg; break;
        case 'u': options.user = optarg; break;
        case 'P': options.password = optarg; break;
        case 'c': options.concurrent = atoi(optarg); break;
        case 'n': options.sessions = atol(optarg); break;
        case 'd': options.seconds = atof(optarg); break;
        case USERS:
            if (sscanf(optarg, "%d-%d", &options.first_user, &options.last_user) != 2) stop("--users LOW-HIGH");
            break;
        case RATE: options.sessions_per_second = atof(optarg); break;
        case READ_RATE: options.octets_per_second = atof(optarg); break;
        case MANIFEST: options.manifest = optarg; break;
        case EXPECT: options.expected = atol(optarg); break;
        case NO_UIDL: options.uidl = 0; break;
        case PATIENCE: options.patience = atof(optarg); break;
        default: exit(2);
    }
    if (options.concurrent < 1 || options.last_user < options.first_user) stop("--concurrent and --users begin at 1");
    if (!options.sessions && !(options.seconds > 0)) options.sessions = 1;
    if (options.mode == DRAIN && !options.manifest) stop("drain wants a --manifest");
}

int main(int count, char **arguments)
{
    read_options(count, arguments);
    if (options.manifest) manifest_load(options.manifest, options.first_user, options.last_user);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    double begun = now();
    run_load();
    return result_print(now() - begun);
}
