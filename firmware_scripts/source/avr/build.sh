#!/bin/sh
# Builds the default programs of AVR boards into the folder $1 as <chip>.hex.
# Needs gcc-avr and avr-libc. The same compiler gives the same bytes; the committed images come from Debian 12 (gcc-avr 5.4.0).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1

build() { # chip, lamp
	avr-gcc -std=gnu99 -Os -Wall -Wextra -Werror -mmcu="$1" -DF_CPU=16000000UL -DVERSION='"1.0.0"' -DLAMP="$2" \
		-ffunction-sections -Wl,--gc-sections -o "$out/$1.elf" "$here/default.c"
	avr-objcopy -j .text -j .data -O ihex "$out/$1.elf" "$out/$1.hex"
	rm "$out/$1.elf"
}

build atmega328p PB5
build atmega2560 PB7
