#!/bin/sh
# Builds the default programs into the folder given, one <target>.hex each. Needs Debian's gcc-arm-none-eabi.
set -eu
here=$(dirname "$0")
out=${1:?usage: build.sh FOLDER}
version=2026.11.1

build() { # target chip-flags ram-end flash-end
	arm-none-eabi-gcc $2 -mthumb -Os -std=c11 -Wall -Wextra -Werror -ffreestanding -nostdlib -nostartfiles \
		-fno-delete-null-pointer-checks -fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections \
		-DVERSION="\"$version\"" -DBOARD="\"$1\"" \
		-Wl,--gc-sections,--build-id=none,-T,"$here/board.ld",--defsym=RAM_END=$3,--defsym=FLASH_END=$4 \
		-o "$out/$1.elf" "$here/start.c" "$here/default.c" "$here/log.c" -lgcc
	arm-none-eabi-objcopy -O ihex "$out/$1.elf" "$out/$1.raw"
	sed '/^:04000003/d;/^:04000005/d' "$out/$1.raw" | tr -d '\r' >"$out/$1.hex" # no start addresses: nothing reads them
	rm "$out/$1.elf" "$out/$1.raw"
}

for target in bbc-microbit-v1 calliope-mini-1 calliope-mini-2; do
	build "$target" -mcpu=cortex-m0 0x20004000 0x40000
done
for target in bbc-microbit-v2 calliope-mini-3; do
	build "$target" "-mcpu=cortex-m4 -DNRF52" 0x20020000 0x80000
done
