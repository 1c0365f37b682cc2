#include "popload.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct { double *values; size_t count, room; } series[LATENCIES];
static const char *names[LATENCIES] = { "login", "stat", "stat_since_connect", "retr", "session" };
static long sessions, messages, octets, errors;
static char samples[5][300];

void result_add(enum latency what, double seconds)
{
    if (series[what].count == series[what].room) {
        series[what].room = series[what].room ? series[what].room * 2 : 256;
        series[what].values = need(realloc(series[what].values, series[what].room * sizeof(double)));
    }
    series[what].values[series[what].count++] = seconds;
}

void result_count(long more_sessions, long more_messages, long more_octets)
{
    sessions += more_sessions;
    messages += more_messages;
    octets += more_octets;
}

void result_error(const struct connection *c, const char *format, ...)
{
    if (errors++ >= 5) return;
    char *text = samples[errors - 1];
    int length = snprintf(text, sizeof samples[0], "session %ld: ", c->number);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, sizeof samples[0] - length, format, arguments);
    va_end(arguments);
    for (; *text; text++) if ((unsigned char)*text < 32 || *text == '"' || *text == '\\') *text = ' ';
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int result_print(double seconds)
{
    printf("{\"seconds\":%.4f,\"sessions\":%ld,\"messages\":%ld,\"octets\":%ld,\"errors\":%ld,\"ms\":{", seconds,
           sessions, messages, octets, errors);
    for (int i = 0, first = 1; i < LATENCIES; i++) {
        size_t count = series[i].count;
        double *v = series[i].values;
        if (!count) continue;
        qsort(v, count, sizeof *v, compare);
        printf("%s\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", first ? "" : ",", names[i], v[count / 2] * 1e3,
               v[(size_t)((count - 1) * 0.99)] * 1e3, v[count - 1] * 1e3);
        first = 0;
    }
    printf("},\"samples\":[");
    for (int i = 0; i < 5 && i < errors; i++) printf("%s\"%s\"", i ? "," : "", samples[i]);
    printf("]}\n");
    return errors > 0;
}
