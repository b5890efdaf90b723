#pragma once

#include <string>
#include <string_view>

namespace base {

/// `text` as a JSON string with its quotes (RFC 8259 section 7). Not for secrets: it is not zeroed.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace base
