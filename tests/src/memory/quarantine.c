/* Preloaded into a program whose memory is searched: no block is ever given out again, and none is
 * written over, so that whatever was not wiped before it was freed stays to be found. Allocation is
 * the C library's own. */

#include <malloc.h>
#include <string.h>

void free(void *block) { (void)block; }

void *realloc(void *old, size_t size) {
    void *block = malloc(size);
    if (block && old) {
        size_t had = malloc_usable_size(old);
        memcpy(block, old, had < size ? had : size);
    }
    return block;
}
