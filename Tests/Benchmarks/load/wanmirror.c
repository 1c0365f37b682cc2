/* A long road for TCP in user space, for kernels without netem.
 *
 * usage: wanmirror DEVICE DELAY-IN-MICROSECONDS
 *
 * A TUN device to which packets for the far address are routed. Each is held for the one-way delay and sent back into
 * the device with source and destination exchanged (the checksums stay right, being sums):
 *     client NEAR:p -> FAR:993   arrives as   FAR:p -> NEAR:993
 * at the server that listens on NEAR, and its answers come back the same way. Each end sees a peer behind a real
 * network, with its own handshake, slow start and window, at a round trip of twice the delay.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 32768
struct packet { int64_t due; int length; unsigned char octets[1600]; };
static struct packet *queue;
static unsigned head, waiting;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void take(int device, int64_t delay)
{
    for (int i = 0; i < 256 && waiting < SLOTS; i++) {
        struct packet *p = &queue[(head + waiting) % SLOTS];
        p->length = read(device, p->octets, sizeof p->octets);
        if (p->length <= 0) return;
        if (p->length < 24 || p->octets[0] >> 4 != 4) continue;     /* IPv4 alone */
        unsigned char source[4];
        memcpy(source, p->octets + 12, 4);
        memcpy(p->octets + 12, p->octets + 16, 4);
        memcpy(p->octets + 16, source, 4);
        p->due = now() + delay;
        waiting++;
    }
}

static void give_what_is_due(int device)
{
    for (int64_t t = now(); waiting && queue[head].due <= t; waiting--) {
        if (write(device, queue[head].octets, queue[head].length) < 0 && errno != EAGAIN) perror("wanmirror: write");
        head = (head + 1) % SLOTS;
    }
}

int main(int count, char **arguments)
{
    if (count != 3) { fprintf(stderr, "usage: wanmirror DEVICE DELAY-IN-MICROSECONDS\n"); return 2; }
    int64_t delay = atol(arguments[2]) * 1000LL;
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strncpy(request.ifr_name, arguments[1], IFNAMSIZ - 1);
    if (device < 0 || ioctl(device, TUNSETIFF, &request)) { perror("wanmirror: /dev/net/tun"); return 1; }
    if (!(queue = calloc(SLOTS, sizeof *queue))) return 1;
    for (;;) {
        give_what_is_due(device);
        struct timespec *until = NULL, left;
        if (waiting) {
            int64_t d = queue[head].due - now();
            if (d < 0) d = 0;
            left = (struct timespec){ d / 1000000000LL, d % 1000000000LL };
            until = &left;
        }
        struct pollfd input = { .fd = device, .events = waiting < SLOTS ? POLLIN : 0 };
        if (ppoll(&input, 1, until, NULL) > 0) take(device, delay);
    }
}
