#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/node_condition.h"

namespace launcher {

/// What is done about a disorder.
enum class Remedy {
  kByHand,              ///< nothing here can
  kFinishCommit,        ///< complete or take back the change that was cut off
  kRemoveLeftovers,     ///< of attempts that were cut off
  kRestoreBlock,        ///< write the settings that belong to the certificates and the keystore
  kForgetEntries,       ///< remove the entries that belong to nothing
  kRemakeCertificates,  ///< new ones, with their passwords in the keystore
  kRenewHttp,    ///< a new HTTP certificate of the same CA, or of a new one where it has ended
  kWriteCaFile,  ///< http_ca.crt out of http.p12
  kSetModes,     ///< owner and mode
};

/// One thing that is wrong, in a sentence, and what to do.
struct Ailment {
  std::string what;
  std::string hint;
  Remedy remedy = Remedy::kByHand;
};

/// One kind of disorder.
struct Disorder {
  std::string_view name;
  std::vector<Ailment> (*find)(const NodeCondition& node);
};

/// All kinds, in the order in which they are looked for and repaired: what hides others first.
[[nodiscard]] std::span<const Disorder> disorders();

}  // namespace launcher
