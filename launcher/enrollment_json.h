#pragma once

#include <optional>
#include <string>
#include <vector>

#include "launcher/enrollment.h"

namespace launcher {

/// The JSON inside a token; nullopt unless it is an object of exactly ver, adr, fgr and key.
[[nodiscard]] std::optional<EnrollmentToken> read_token_json(const base::Secret& json);

/// A reply, and the names of the fields that it lacks, or has in another form than base64.
struct ParsedReply {
  EnrollmentReply reply;
  std::vector<std::string> missing;
};
/// nullopt for anything that is no JSON object.
[[nodiscard]] std::optional<ParsedReply> read_reply_json(const base::Secret& json);

}  // namespace launcher
