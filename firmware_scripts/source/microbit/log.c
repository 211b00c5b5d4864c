/* Erases what a data log left in the interface chip's memory of micro:bit V2 and Calliope mini 3, and reads all of it
   back. Flashing another program keeps the log. Protocol: microbit-foundation/spec-i2c-protocol 2.03 (flash storage
   at 0x72); its timing and workarounds as lancaster-university/codal-microbit-v2 has them
   (MicroBitUSBFlashManager.cpp). */
#include "board.h"

#define TWIM 0x40003000u
#define SDA_PIN 16u
#define SCL_PIN 8u
#define READY_PIN 25u /* COMBINED_SENSOR_INT, low when an answer waits */
#define INTERFACE 0x70u
#define STORAGE 0x72u
#define PIECE 256u

enum { VISIBLE = 3, ERASE_CONFIG = 5, SECTORS = 6, SECTOR = 7, REMOUNT = 8, READ = 10, ERASE = 12 };

static uint8_t out[8], in[8 + PIECE];

static void wait_ms(uint32_t ms) {
    for (uint32_t start = now_ms(); now_ms() - start <= ms;) {
    }
}

static int transfer(uint32_t address, uint32_t task, uint32_t stop_short) {
    REG(TWIM + 0x588) = address;
    REG(TWIM + 0x104) = REG(TWIM + 0x124) = 0;
    REG(TWIM + 0x4C4) = 7;
    REG(TWIM + 0x200) = 1u << stop_short;
    REG(TWIM + task) = 1;
    for (uint32_t start = now_ms(); now_ms() - start < 60 && !REG(TWIM + 0x104);)
        if (REG(TWIM + 0x124)) REG(TWIM + 0x014) = 1;
    return REG(TWIM + 0x104) && !REG(TWIM + 0x124);
}

static int send(uint32_t address, uint32_t size) {
    REG(TWIM + 0x544) = (uint32_t)(uintptr_t)out;
    REG(TWIM + 0x548) = size;
    return transfer(address, 0x008, 9);
}

static int receive(uint32_t size) {
    in[0] = in[1] = 0;
    REG(TWIM + 0x534) = (uint32_t)(uintptr_t)in;
    REG(TWIM + 0x538) = size;
    return transfer(STORAGE, 0x000, 12);
}

/* One command and its answer in `in`. The chip may be asleep or busy: it is asked again, up to 20 times. */
static int ask(uint32_t size, uint32_t answer, uint32_t patience_ms) {
    for (uint32_t attempt = 0; attempt < 20; attempt++) {
        uint8_t command = out[0];
        out[0] = 0; /* a command that does nothing wakes it */
        send(INTERFACE, 1);
        out[0] = command;
        if (!send(STORAGE, size)) {
            wait_ms(2);
            continue;
        }
        wait_ms(patience_ms);
        for (uint32_t look = 0; look < 100; look++, wait_ms(1)) {
            if (REG(PORT0 + 0x510) >> READY_PIN & 1) continue;
            if (!receive(answer < 2 ? 2 : answer)) break;
            if (in[0] == command) return 1;
            if (in[0] == 0x20 && in[1] != 0x39 && in[1] != 0 && in[1] != command) break; /* an error, not "busy" */
        }
    }
    return 0;
}

static int tell(uint32_t command, uint32_t answer, uint32_t patience_ms) {
    out[0] = (uint8_t)command;
    return ask(1, answer, patience_ms);
}

static void address(uint32_t at, uint32_t place) {
    out[at] = (uint8_t)(place >> 16);
    out[at + 1] = (uint8_t)(place >> 8);
    out[at + 2] = (uint8_t)place;
}

/* 1: erased flash only; 0: something is there; -1: cannot be read. */
static int is_blank(uint32_t from, uint32_t size) {
    for (uint32_t at = from; at < from + size; at += PIECE) {
        out[0] = READ;
        address(1, at);
        out[4] = out[5] = 0;
        out[6] = PIECE >> 8;
        out[7] = PIECE & 0xFF;
        if (!ask(8, 8 + PIECE, 1)) return -1;
        for (uint32_t byte = 0; byte < PIECE; byte++)
            if (in[8 + byte] != 0xFF) return 0;
    }
    return 1;
}

static int erase(uint32_t from) {
    out[0] = ERASE;
    out[4] = 0;
    address(1, from);
    address(5, from); /* the end is inclusive: one sector */
    return ask(8, 1, 100);
}

const char *clear_log(void) {
    uint32_t sector, size, erased = 0;
    REG(PORT0 + 0x700 + 4 * SDA_PIN) = REG(PORT0 + 0x700 + 4 * SCL_PIN) = 0x60C; /* input, pull-up, drives low only */
    REG(PORT0 + 0x700 + 4 * READY_PIN) = 0xC;
    REG(TWIM + 0x508) = SCL_PIN;
    REG(TWIM + 0x50C) = SDA_PIN;
    REG(TWIM + 0x524) = 0x06400000; /* 400 kbit/s */
    REG(TWIM + 0x500) = 6;
    if (!tell(SECTOR, 3, 1)) return "failed";
    sector = (uint32_t)in[1] << 8 | in[2];
    if (!tell(SECTORS, 2, 1)) return "failed";
    size = in[1] * sector; /* the firmware counts sectors, of 1 KB on V2.0 and 4 KB on V2.2; the specification says KB */
    if (size == 0 || sector < PIECE || sector % PIECE) return "failed";
    for (uint32_t at = 0; at + sector <= size; at += sector) {
        int blank = is_blank(at, sector);
        if (blank == 0 && erase(at)) {
            erased++;
            blank = is_blank(at, sector);
        }
        if (blank != 1) return "failed";
    }
    if (!tell(VISIBLE, 2, 1)) return "failed";
    if (in[1] == 0) return erased ? "erased" : "blank";
    if (!tell(ERASE_CONFIG, 1, 100) || !tell(VISIBLE, 2, 1) || in[1] != 0) return "failed";
    tell(REMOUNT, 1, 1); /* shows the volume without MY_DATA.HTM; the board may answer late while it does */
    return "erased";
}
