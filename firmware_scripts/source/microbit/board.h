/* What differs between the boards. Pins: tech.microbit.org/hardware/schematic; Calliope mini 1 and 2 are wired like
   micro:bit V1 (RIOT-OS: boards/calliope-mini), Calliope mini 3 like V2 (sandeepmistry/arduino-nRF5:
   variants/CalliopeminiV3). */
#ifndef BOARD_H
#define BOARD_H
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define PORT0 0x50000000u
#define PORT1 0x50000300u

#ifdef NRF52 /* nRF52833 */
#define FLASH_BYTES (512u * 1024u)
#define ROWS 5
#define COLUMNS 5
#define TX_PIN 6u
#define RX_PIN (32u + 8u)
static const uint8_t row_pins[ROWS] = {21, 22, 15, 24, 19};
static const uint8_t column_pins[COLUMNS] = {28, 11, 31, 32 + 5, 30};
static const uint16_t smile[ROWS] = {0, 0x0A, 0, 0x11, 0x0E};
#else /* nRF51822; 25 LEDs as 3 rows of 9 (lancaster-university/microbit-dal: MicroBitMatrixMaps.h) */
#define FLASH_BYTES (256u * 1024u)
#define ROWS 3
#define COLUMNS 9
#define TX_PIN 24u
#define RX_PIN 25u
static const uint8_t row_pins[ROWS] = {13, 14, 15};
static const uint8_t column_pins[COLUMNS] = {4, 5, 6, 7, 8, 9, 10, 11, 12};
static const uint16_t smile[ROWS] = {1 << 7 | 1 << 3, 1 << 6 | 1 << 5, 1 << 4 | 1 << 6 | 1 << 0};
#endif

/* Milliseconds since the start, in steps of two. */
uint32_t now_ms(void);
/* Erase what the data log holds. Returns the word for the banner. */
const char *clear_log(void);
#endif
