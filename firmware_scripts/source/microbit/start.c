/* Vectors and memory before main: written anew, so that nothing of a vendor's library is in the image. */
#include "board.h"

extern uint32_t stack_top, data_from, data_start, data_end, bss_start, bss_end;
int main(void);
void TIMER1_IRQHandler(void);

static void halt(void) {
    for (;;) {
    }
}

void Reset_Handler(void) {
#ifdef NRF52
    REG(0x40000558) = 0x5A; /* APPROTECT.DISABLE: the interface chip may go on reading (nRF52833 PS 1.6, 4.4) */
#else
    REG(0x40000524) |= 3; /* POWER.RAMON: nRF51822 PAN 16 */
    if ((REG(0xF0000FE0) & 0xFF) == 1 && (REG(0xF0000FE4) & 0xF) == 0) { /* peripherals of early chips: PAN 26 */
        REG(0x40000504) = 0xC007FFDF;
        REG(0x40006C18) = 0x00008000;
    }
#endif
    for (uint32_t *to = &data_start, *from = &data_from; to < &data_end;) *to++ = *from++;
    for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
    main();
    halt();
}

#ifdef NRF52
#define FAULT halt /* Cortex-M4: memory, bus and usage fault; a Cortex-M0 has none, and that tells images apart */
#else
#define FAULT 0
#endif

__attribute__((section(".vectors"), used)) static const void *const vectors[16 + 32] = {
    &stack_top, Reset_Handler, halt, halt, FAULT, FAULT, FAULT, 0, 0, 0, 0, halt, 0, 0, halt, halt,
    [16 + 9] = TIMER1_IRQHandler,
};
