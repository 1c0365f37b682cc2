#include "popload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row { long octets; unsigned char digest[32]; };
struct mailbox { struct row *rows; long count; };
static struct mailbox *mailboxes;
static long first;

static void load(struct mailbox *mailbox, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    if (!file) stop("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        char *size = strchr(line, '\t'), *hash = size ? strchr(size + 1, '\t') : NULL;
        if (!hash || strlen(hash + 1) < 64) stop("%s: a line is not 'name TAB octets TAB SHA-256'", path);
        mailbox->rows = need(realloc(mailbox->rows, (mailbox->count + 1) * sizeof *mailbox->rows));
        struct row *row = &mailbox->rows[mailbox->count++];
        row->octets = atol(size + 1);
        for (int i = 0; i < 32; i++) sscanf(hash + 1 + 2 * i, "%2hhx", &row->digest[i]);
    }
    fclose(file);
}

void manifest_load(const char *pattern, int first_user, int last_user)
{
    char path[1000];
    first = first_user;
    mailboxes = need(calloc(last_user - first_user + 1, sizeof *mailboxes));
    for (int user = first_user; user <= last_user; user++) {
        with_number(path, sizeof path, pattern, user);
        /* Many devices of one account: its file is read once. */
        if (user > first_user && !strstr(pattern, "%d")) mailboxes[user - first] = mailboxes[0];
        else load(&mailboxes[user - first], path);
    }
}

const char *manifest_differs(long user, long number, long octets, const unsigned char *digest)
{
    const struct mailbox *mailbox = &mailboxes[user - first];
    if (number > mailbox->count) return "is not in the manifest";
    if (mailbox->rows[number - 1].octets != octets) return "has another size than in the manifest";
    return memcmp(mailbox->rows[number - 1].digest, digest, 32) ? "has another SHA-256 than in the manifest" : NULL;
}
