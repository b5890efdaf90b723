#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/parity/parity_node.h"

namespace parity {

/// What the two launchers did in one case, and what is to be said about it.
struct Comparison {
  const ParityCase* parity_case = nullptr;
  std::vector<std::string> undeclared;  ///< lines of differences()
  std::vector<std::string> reasons;     ///< of the declared differences that showed
};

/// Whether the stock side of the case is there already.
bool has_record(const ParityCase& parity_case, const Distribution& distribution,
                const std::filesystem::path& records);

/// Runs the cases of one version, as many at a time as there are processors. The stock side comes
/// from `records` where it is there under the key of the case, else it is run and kept there;
/// `anew` ignores what is there.
std::vector<Comparison> compare_all(const std::vector<const ParityCase*>& cases,
                                    const Distribution& distribution,
                                    const std::vector<DeclaredDifference>& declared,
                                    const std::filesystem::path& records, bool anew);

}  // namespace parity
