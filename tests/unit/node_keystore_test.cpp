#include "launcher/node_keystore.h"

#include <doctest/doctest.h>

namespace {

std::string golden(const std::string& name) {
  return std::string(ESBOOT_SOURCE_DIR) + "/tests/data/keystore/" + name + ".keystore";
}

}  // namespace

TEST_CASE("node keystore: the formats that a node reads end with the one it writes") {
  const auto same = launcher::open_node_keystore(golden("format5"), base::Secret(), 5);
  REQUIRE(same.ok());
  CHECK(same.value().entries.size() == 4);
  CHECK_FALSE(launcher::is_outdated(same.value(), 5));
  CHECK(launcher::is_outdated(same.value(), 7));
  const auto newer = launcher::open_node_keystore(golden("format6"), base::Secret(), 5);
  REQUIRE_FALSE(newer.ok());
  CHECK(newer.error().message.find("too new") != std::string::npos);
}

TEST_CASE("node keystore: the passphrase that was given opens it, a wrong one is fatal") {
  const auto right = base::Secret::copy_of("p\xC3\xA4ssw\xC3\xB6rd\xF0\x9F\x98\x80");
  CHECK(launcher::open_node_keystore(golden("format5_passphrase"), right, 7).ok());
  const auto wrong =
      launcher::open_node_keystore(golden("format5_passphrase"), base::Secret::copy_of("x"), 7);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().kind == base::ErrorKind::kInternal);
}
