#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdint.h>

// What all searches of one file may cost together.
//
// PCRE2's own match limit starts anew at each place where a match could begin, and counts no bytes. This one is
// counted in callouts, which a pattern compiled with PCRE2_AUTO_CALLOUT makes before each of its items, and in the
// bytes that lie between one callout and the next.
typedef struct {
    uint64_t steps;
    uint64_t limit;
    uint64_t next_look;
    size_t position;
    // Asked every now and then; a number other than 0 ends the search.
    int (*look)(void *);
    void *context;
} cpcre2_budget;

enum { CPCRE2_OVER_BUDGET = -1000, CPCRE2_STOPPED = -1001, CPCRE2_STEPS_BETWEEN_LOOKS = 4096 };

static int cpcre2_count(pcre2_callout_block *block, void *data) {
    cpcre2_budget *budget = data;
    size_t position = block->current_position;
    size_t way = position > budget->position ? position - budget->position : budget->position - position;
    budget->position = position;
    budget->steps += 1 + way / 16;
    if (budget->steps > budget->limit) return CPCRE2_OVER_BUDGET;
    if (budget->steps < budget->next_look) return 0;
    budget->next_look = budget->steps + CPCRE2_STEPS_BETWEEN_LOOKS;
    return budget->look(budget->context) == 0 ? 0 : CPCRE2_STOPPED;
}

static inline int cpcre2_match(
    const pcre2_code *code, const uint8_t *text, size_t length, size_t start, pcre2_match_data *data,
    pcre2_match_context *context, cpcre2_budget *budget) {
    budget->position = start;
    pcre2_set_callout(context, cpcre2_count, budget);
    return pcre2_match(code, text, length, start, PCRE2_NO_UTF_CHECK, data, context);
}
