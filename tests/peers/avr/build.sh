#!/bin/sh
# Builds the simulated board and the boot programs it runs into the folder $1.
# Debian's own optiboot_atmega328.hex has 532 bytes and runs past the end of the flash; built from the optiboot.c it
# ships, with the flags of optiboot's Makefile, it has 500.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
boot=/usr/share/arduino/hardware/arduino/avr/bootloaders
mkdir -p "$out"
gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -o "$out/board.new" "$here/board.c" -lsimavr -lutil
avr-gcc -I"$boot/optiboot" -Os -w -fno-inline-small-functions -fno-split-wide-types -fno-tree-scev-cprop \
	-fno-jump-tables -fno-move-loop-invariants -mrelax -mmcu=atmega328p -DF_CPU=16000000L -DLED_START_FLASHES=3 \
	-DBAUD_RATE=115200 -Wl,--section-start=.text=0x7e00 -Wl,--section-start=.version=0x7ffe -Wl,--relax \
	-Wl,--gc-sections -nostartfiles -nostdlib -o "$out/optiboot.elf" "$boot/optiboot/optiboot.c"
avr-objcopy -j .text -j .data -j .version --set-section-flags .version=alloc,load -O ihex \
	"$out/optiboot.elf" "$out/uno.hex"
cp "$boot/atmega/ATmegaBOOT_168_atmega328.hex" "$out/nano.hex"
cp "$boot/stk500v2/stk500boot_v2_mega2560.hex" "$out/mega.hex"
mv "$out/board.new" "$out/board"
