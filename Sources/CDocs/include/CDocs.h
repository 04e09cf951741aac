#ifndef CDOCS_H
#define CDOCS_H

#include <stddef.h>

/// A page of docs/, as it was when the program was built.
struct docs_page {
    const char *name;
    const unsigned char *text;
    size_t length;
};

/// The pages by their names; NULL behind the last one.
const struct docs_page *docs_page_at(size_t index);

#endif
