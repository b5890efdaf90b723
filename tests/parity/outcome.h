#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/parity/parity_case.h"

namespace parity {

/// What one start was seen to do: facts under names ("exit", "env HOSTNAME", "args setting x"), in
/// the order seen. "argv" repeats, one for each element.
struct Outcome {
  std::vector<std::pair<std::string, std::string>> facts;

  void add(const std::string& name, const std::string& value) { facts.emplace_back(name, value); }
  [[nodiscard]] std::string serialized() const;
  static Outcome parse(const std::string& text);
};

/// One line for each difference, as DeclaredDifference::pattern sees it: "argv: stock X",
/// "argv: esboot X", "argv: order", "<name>: stock X", "<name>: esboot X",
/// "<name>: stock X, esboot Y".
[[nodiscard]] std::vector<std::string> differences(const Outcome& stock, const Outcome& esboot);

/// Whether one of `declared` covers the line; it is marked in `used` then.
bool is_declared(const std::string& line, const std::vector<DeclaredDifference>& declared,
                 const launcher::Version& version, std::set<std::string>* used);

}  // namespace parity
