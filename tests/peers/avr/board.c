/* An Arduino board: a real boot program on a simulated AVR (simavr), behind a pty as its USB port.
 *
 *   board MCU BOOT.hex PORT FLASH EEPROM
 *
 * PORT becomes a link to the pty. Opening it resets the chip, as DTR does through the capacitor of a real board.
 * FLASH and EEPROM are files, so that a test can compare them and a killed board keeps what was written.
 * The chip runs in real time: its boot program waits for a programmer as long as a real one.
 * A host that talks at another speed than the chip hears rubbish, and so does the chip.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_eeprom.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>

#define CLOCK_HZ 16000000
#define LOOK_EVERY 1024      /* instructions between two looks at the host */
#define AHEAD_S 0.002        /* how far the chip may run ahead of real time */
#define BEHIND_S 0.2         /* a busy machine: what the chip is behind by is forgiven */
#define MCUSR 0x54           /* data address, both chips */
#define EXTERNAL_RESET 0x02
#define UCSR0A 0xC0
#define UBRR0L 0xC4
#define EEPROM_S 0.1         /* how often the EEPROM is written out */

static avr_t *chip;
static int host = -1;
static int may_send = 1;
static uint8_t *eeprom_file;
static uint16_t eeprom_size;

static void die(const char *what)
{
	fprintf(stderr, "board: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static long host_baud(void)
{
	struct termios mode;

	if (tcgetattr(host, &mode))
		return 0;
	switch (cfgetospeed(&mode)) {
	case B57600: return 57600;
	case B115200: return 115200;
	default: return 0;
	}
}

static int speeds_agree(void)
{
	long divisor = (chip->data[UBRR0L] | (chip->data[UBRR0L + 1] & 15) << 8) + 1;
	long ours = CLOCK_HZ / (((chip->data[UCSR0A] >> 1) & 1 ? 8 : 16) * divisor);
	long theirs = host_baud();

	return !theirs || labs(theirs - ours) * 100 <= ours * 5;
}

static uint8_t heard(uint8_t byte)
{
	return speeds_agree() ? byte : byte ^ 0xA5;
}

static void on_byte(struct avr_irq_t *irq, uint32_t value, void *param)
{
	uint8_t byte = heard(value);

	(void)irq, (void)param;
	if (write(host, &byte, 1) < 0 && errno != EAGAIN && errno != EIO)
		die("pty");
}

static void on_xon(struct avr_irq_t *irq, uint32_t value, void *param)
{
	(void)irq, (void)value, (void)param;
	may_send = 1;
}

static void on_xoff(struct avr_irq_t *irq, uint32_t value, void *param)
{
	(void)irq, (void)value, (void)param;
	may_send = 0;
}

/* A file of that size, filled with 0xFF when it is new, as memory. */
static uint8_t *memory(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	off_t have = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	uint8_t *found;

	if (have < 0 || (have < (off_t)size && ftruncate(fd, size)))
		die(path);
	found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (found == MAP_FAILED)
		die(path);
	if (have < (off_t)size)
		memset(found + have, 0xFF, size - have);
	close(fd);
	return found;
}

static void load_boot(const char *path)
{
	ihex_chunk_p chunks = NULL;
	int number = read_ihex_chunks(path, &chunks);

	if (number <= 0)
		die(path);
	for (int i = 0; i < number; i++) {
		if (chunks[i].baseaddr + chunks[i].size > chip->flashend + 1) {
			fprintf(stderr, "board: %s does not fit the flash\n", path);
			exit(1);
		}
		memcpy(chip->flash + chunks[i].baseaddr, chunks[i].data, chunks[i].size);
		if (chunks[i].size > 64)
			chip->reset_pc = chunks[i].baseaddr;
	}
	chip->codeend = chip->flashend;
}

static void reset(void)
{
	avr_reset(chip);
	chip->pc = chip->reset_pc;
	chip->data[MCUSR] = EXTERNAL_RESET;
	may_send = 1;
}

static void connect_uart(void)
{
	uint32_t flags = 0;

	avr_ioctl(chip, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
	/* with these, simavr sleeps while a program polls, and its watchdog stands still */
	flags &= ~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP | AVR_UART_FLAG_POOL_SLEEP);
	avr_ioctl(chip, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
	avr_irq_register_notify(avr_io_getirq(chip, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_byte, NULL);
	avr_irq_register_notify(avr_io_getirq(chip, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_xon, NULL);
	avr_irq_register_notify(avr_io_getirq(chip, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_xoff, NULL);
}

static void load_eeprom(const char *path)
{
	avr_eeprom_desc_t all = { .offset = 0 };

	eeprom_size = chip->e2end + 1;
	eeprom_file = memory(path, eeprom_size);
	all.ee = eeprom_file;
	all.size = eeprom_size;
	avr_ioctl(chip, AVR_IOCTL_EEPROM_SET, &all); /* simavr 1.6 answers -1 in any case */
}

static void keep_eeprom(void)
{
	avr_eeprom_desc_t all = { .ee = NULL, .offset = 0, .size = eeprom_size };

	avr_ioctl(chip, AVR_IOCTL_EEPROM_GET, &all);
	if (!all.ee)
		die("EEPROM");
	memcpy(eeprom_file, all.ee, eeprom_size);
}

static int open_port(const char *link)
{
	char name[64];
	struct termios mode;
	int slave, watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (openpty(&host, &slave, name, NULL, NULL))
		die("pty");
	tcgetattr(slave, &mode);
	cfmakeraw(&mode);
	tcsetattr(slave, TCSANOW, &mode);
	close(slave);
	fcntl(host, F_SETFL, O_NONBLOCK);
	unlink(link);
	if (watch < 0 || inotify_add_watch(watch, name, IN_OPEN) < 0 || symlink(name, link))
		die(link);
	return watch;
}

static int was_opened(int watch)
{
	char events[4096];

	return read(watch, events, sizeof events) > 0;
}

int main(int argc, char **argv)
{
	avr_irq_t *uart;
	uint8_t waiting[4096];
	ssize_t have = 0, sent = 0;
	double began, kept;
	avr_cycle_count_t first;
	int watch;

	if (argc != 6) {
		fprintf(stderr, "board MCU BOOT.hex PORT FLASH EEPROM\n");
		return 2;
	}
	chip = avr_make_mcu_by_name(argv[1]);
	if (!chip)
		die(argv[1]);
	avr_init(chip);
	chip->frequency = CLOCK_HZ;
	chip->log = LOG_ERROR;
	free(chip->flash);
	chip->flash = memory(argv[4], chip->flashend + 1);
	load_boot(argv[2]);
	load_eeprom(argv[5]);
	connect_uart();
	uart = avr_io_getirq(chip, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
	watch = open_port(argv[3]);
	reset();
	puts("ready");
	fflush(stdout);
	began = kept = now();
	first = chip->cycle;
	for (unsigned long turn = 1;; turn++) {
		int state = avr_run(chip);

		if (state == cpu_Crashed || state == cpu_Done)
			reset();
		if (sent < have && may_send)
			avr_raise_irq(uart, heard(waiting[sent++]));
		if (turn % LOOK_EVERY)
			continue;
		if (was_opened(watch)) {
			reset();
			have = sent = 0;
			began = now();
			first = chip->cycle;
		}
		if (sent == have) {
			sent = 0;
			have = read(host, waiting, sizeof waiting);
			if (have < 0)
				have = 0;
		}
		if (now() - kept > EEPROM_S) {
			keep_eeprom();
			kept = now();
		}
		double ahead = (double)(chip->cycle - first) / CLOCK_HZ - (now() - began);
		if (ahead > AHEAD_S)
			usleep(ahead * 1e6);
		else if (-ahead > BEHIND_S)
			began -= ahead;
	}
}
