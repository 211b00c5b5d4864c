/* MediaLab Hub's default program: smiles, says once a second over the serial port (115200 8N1) what it is, and proves
   on request what the chip's memory holds.

     it says      MEDIALAB default <version> <board> <name> <device id> <Bluetooth address>
                  log=<none|checking|blank|erased|failed>, all in one line
     asked        MEDIALAB? <nonce, 8 hex digits>
     it answers   MEDIALAB proof <nonce> <CRC-32 over nonce and the whole flash> <board> <device id> log=<...>
     told         MEDIALAB! find
     it blinks    for three seconds, and says MEDIALAB found

   Registers: Nordic nRF51 Series Reference Manual 3.0; nRF52833 Product Specification 1.6. */
#include "board.h"

#define UART 0x40002000u
#define TIMER1 0x40009000u
#define FICR_DEVICEID 0x10000060u
#define FICR_DEVICEADDR 0x100000A4u

static volatile uint32_t ticks;      /* 2 ms each */
static volatile uint32_t blink_until; /* in ticks; 0: shining */
static const char *log_state = "none";
static char line[32];
static uint32_t length;

static void pin_write(uint32_t pin, uint32_t high) {
    REG((pin < 32 ? PORT0 : PORT1) + (high ? 0x508 : 0x50C)) = 1u << (pin & 31);
}

static void pin_output(uint32_t pin) { REG((pin < 32 ? PORT0 : PORT1) + 0x518) = 1u << (pin & 31); }

void TIMER1_IRQHandler(void) {
    static uint32_t row;
    REG(TIMER1 + 0x140) = 0;
    ticks++;
    pin_write(row_pins[row], 0);
    row = row + 1 == ROWS ? 0 : row + 1;
    uint32_t dark = blink_until && ticks / 128 % 2;
    for (uint32_t column = 0; column < COLUMNS; column++)
        pin_write(column_pins[column], dark || !(smile[row] >> column & 1));
    pin_write(row_pins[row], 1);
    if (blink_until && (int32_t)(ticks - blink_until) >= 0) blink_until = 0;
}

uint32_t now_ms(void) { return ticks * 2; }

static void put(char letter) {
    REG(UART + 0x11C) = 0;
    REG(UART + 0x51C) = (uint8_t)letter;
    for (uint32_t start = ticks; !REG(UART + 0x11C) && ticks - start < 5;) {
    }
}

static void say(const char *words) {
    while (*words) put(*words++);
}

static void say_hex(uint32_t value, int digits) {
    for (int shift = 4 * digits - 4; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}

static void say_name(void) { /* as lancaster-university/microbit-dal does it: MicroBitDevice.cpp */
    static const char letters[2][6] = {"zvgpt", "uoiea"};
    char name[6] = {0};
    uint32_t number = REG(FICR_DEVICEID + 4);
    for (uint32_t index = 0, place = 1, size = 5; index < 5; index++, place = size, size *= 5) {
        uint32_t digit = number % size / place;
        number -= digit;
        name[4 - index] = letters[index & 1][digit];
    }
    say(name);
}

static void say_device(int with_address) {
    say_hex(REG(FICR_DEVICEID + 4), 8);
    say_hex(REG(FICR_DEVICEID), 8);
    if (with_address) { /* FICR.DEVICEADDR, used as a random static address: its two highest bits are set */
        put(' ');
        say_hex((REG(FICR_DEVICEADDR + 4) & 0xFFFF) | 0xC000, 4);
        say_hex(REG(FICR_DEVICEADDR), 8);
    }
    say(" log=");
    say(log_state);
    say("\r\n");
}

static void say_banner(void) {
    say("MEDIALAB default " VERSION " " BOARD " ");
    say_name();
    put(' ');
    say_device(1);
}

static uint32_t crc32(uint32_t crc, const volatile uint8_t *data, uint32_t size) { /* ITU-T V.42, as in zlib */
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    while (size--) {
        crc ^= *data++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

static void prove(uint32_t nonce) {
    uint8_t salt[4] = {nonce >> 24, nonce >> 16, nonce >> 8, nonce};
    uint32_t crc = crc32(0xFFFFFFFFu, salt, 4);
    crc = ~crc32(crc, (const volatile uint8_t *)0, FLASH_BYTES);
    say("MEDIALAB proof ");
    say_hex(nonce, 8);
    put(' ');
    say_hex(crc, 8);
    say(" " BOARD " ");
    say_device(0);
}

static int begins(const char *words) {
    uint32_t at = 0;
    while (words[at] && words[at] == line[at]) at++;
    return !words[at];
}

static int read_hex(const char *digits, uint32_t *value) {
    *value = 0;
    for (uint32_t at = 0; at < 8; at++) {
        char digit = digits[at];
        if (digit >= '0' && digit <= '9') *value = *value << 4 | (uint32_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f') *value = *value << 4 | (uint32_t)(digit - 'a' + 10);
        else return 0;
    }
    return digits[8] == 0;
}

static void obey(void) {
    uint32_t nonce;
    line[length] = 0;
    if (begins("MEDIALAB? ") && read_hex(line + 10, &nonce)) prove(nonce);
    if (begins("MEDIALAB! find")) {
        blink_until = (ticks + 1500) | 1;
        say("MEDIALAB found\r\n");
    }
    length = 0;
}

static void listen(void) {
    while (REG(UART + 0x108)) {
        REG(UART + 0x108) = 0;
        char letter = (char)REG(UART + 0x518);
        if (letter == '\n' || letter == '\r') obey();
        else if (length < sizeof line - 1) line[length++] = letter;
    }
}

static void begin(void) {
    REG(0x40000100) = 0; /* CLOCK: the crystal, for the serial port's speed */
    REG(0x40000000) = 1;
    for (uint32_t wait = 0; wait < 100000 && !REG(0x40000100); wait++) {
    }
    for (uint32_t at = 0; at < ROWS; at++) pin_output(row_pins[at]);
    for (uint32_t at = 0; at < COLUMNS; at++) pin_output(column_pins[at]);
    pin_write(TX_PIN, 1);
    pin_output(TX_PIN);
    REG(UART + 0x508) = REG(UART + 0x510) = 0xFFFFFFFFu; /* no RTS, no CTS */
    REG(UART + 0x50C) = TX_PIN;
    REG(UART + 0x514) = RX_PIN;
    REG(UART + 0x524) = 0x01D7E000; /* 115200 */
    REG(UART + 0x56C) = 0;
    REG(UART + 0x500) = 4;
    REG(UART + 0x000) = REG(UART + 0x008) = 1;
    REG(TIMER1 + 0x504) = REG(TIMER1 + 0x508) = 0; /* timer, 16 bits, 1 MHz, every 2 ms */
    REG(TIMER1 + 0x510) = 4;
    REG(TIMER1 + 0x540) = 2000;
    REG(TIMER1 + 0x200) = 1;
    REG(TIMER1 + 0x304) = 1u << 16;
    REG(0xE000E100) = 1u << 9;
    REG(TIMER1 + 0x000) = 1;
}

int main(void) {
    begin();
#ifdef NRF52
    log_state = "checking";
    say_banner();
    log_state = clear_log();
#endif
    for (uint32_t spoken = ticks - 500;;) {
        if (ticks - spoken >= 500) {
            spoken = ticks;
            say_banner();
        }
        listen();
    }
}
