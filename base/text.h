#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

/// Whether `text` is well-formed UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The parts between `separator`; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// Without ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

/// The one of `names` that `text` was most likely meant to be: at most a third of its letters, but
/// always one, are other, missing or too many (Levenshtein's distance). Empty: none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view text,
                                            std::span<const std::string_view> names);

/// `word` as a POSIX shell reads it back: as it is where nothing in it is special, else in single
/// quotes.
[[nodiscard]] std::string shell_quoted(const std::string& word);

}  // namespace base
