/* The program a board carries between two groups. It empties the EEPROM, says so, blinks, and moves nothing.
 *
 * On its first serial port, 115200 baud 8N1, after each start and for each '?':
 *   MEDIALAB default <version> eeprom=<bytes of the EEPROM that are not empty>
 * For each 'F' (find me) it blinks fast for about five seconds. All pins but the lamp stay inputs.
 * Registers: ATmega328P data sheet (DS40002061), ATmega2560 data sheet (DS40002211).
 */
#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/wdt.h>
#include <util/delay.h>

#define TICK_MS 50
#define SLOW_TICKS 20
#define FAST_TICKS 2
#define FIND_ME_TICKS 100

static const char hello[] PROGMEM = "MEDIALAB default " VERSION " eeprom=";

static void say(char letter)
{
	while (!(UCSR0A & _BV(UDRE0)))
		;
	UDR0 = letter;
}

static void say_number(uint16_t number)
{
	uint16_t place = 10000;

	while (place > 1 && number < place)
		place /= 10;
	for (; place; place /= 10)
		say('0' + number / place % 10);
}

/* Empty cells are 0xFF; only others are written, for a cell lasts some 100,000 times. */
static uint16_t left_in_eeprom(uint8_t is_to_be_emptied)
{
	uint16_t left = 0;

	for (uint16_t address = 0; address <= E2END; address++) {
		if (eeprom_read_byte((const uint8_t *)address) == 0xFF)
			continue;
		if (is_to_be_emptied)
			eeprom_write_byte((uint8_t *)address, 0xFF);
		else
			left++;
	}
	return left;
}

static void introduce(void)
{
	for (const char *letter = hello; pgm_read_byte(letter); letter++)
		say(pgm_read_byte(letter));
	say_number(left_in_eeprom(0));
	say('\r');
	say('\n');
}

int main(void)
{
	uint8_t ticks = 0, hurry = 0;

	MCUSR = 0;
	wdt_disable();
	UCSR0A = _BV(U2X0);
	UBRR0 = F_CPU / 8 / 115200 - 1;
	UCSR0B = _BV(TXEN0) | _BV(RXEN0);
	UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
	DDRB = _BV(LAMP);
	left_in_eeprom(1);
	introduce();
	for (;;) {
		if (UCSR0A & _BV(RXC0)) {
			char order = UDR0;

			if (order == '?')
				introduce();
			if (order == 'F')
				hurry = FIND_ME_TICKS;
		}
		if (++ticks >= (hurry ? FAST_TICKS : SLOW_TICKS)) {
			ticks = 0;
			PINB = _BV(LAMP);
		}
		if (hurry)
			hurry--;
		_delay_ms(TICK_MS);
	}
}
