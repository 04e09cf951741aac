#pragma once
#include <stddef.h>
#include <stdint.h>

/// Looks at what the threads of this process do while they use a processor, so often a second of each one's own time.
///
/// Returns 0, or an errno: EBUSY while another profile is taken.
int clinux_profile_start(int per_second, size_t most_samples);

/// Ends it. The addresses of each sample follow its count, the innermost first; they stay until the next start.
/// Returns how many words there are.
size_t clinux_profile_stop(const uintptr_t **words, size_t *lost);

/// The name of what an address lies in, and the file that it is of; how far behind the name's or the file's beginning it
/// is. Returns 0 where nothing is known of it.
int clinux_profile_name(uintptr_t address, const char **name, const char **file, uintptr_t *offset);
