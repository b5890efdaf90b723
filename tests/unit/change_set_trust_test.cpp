#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/change_set.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::TempDir;

constexpr uid_t kNodeUser = 65534;
constexpr uid_t kStranger = 1234;

void put(const fs::path& path, const std::string& text, uid_t owner, mode_t mode) {
  std::ofstream(path) << text;
  REQUIRE(chown(path.c_str(), owner, 0) == 0);
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

/// A configuration directory of the node's user, in which root works; false where this is not root.
bool as_root_for_node(const std::string& test, const TempDir& config) {
  if (geteuid() != 0) {
    test_support::report_skip(test, "needs root");
    return false;
  }
  return chown(config.path().c_str(), kNodeUser, 0) == 0;
}

base::ChangeSet handing_over(const TempDir& config, const fs::path& target) {
  base::ChangeSet changes;
  changes.directory = config.path();
  changes.outside_files.push_back({target, base::Secret::copy_of("secret"), 0600, false});
  return changes;
}

}  // namespace

TEST_CASE("a journal that the node's user forged does not make root write elsewhere") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a forged journal", config)) return;
  put(elsewhere / "victim", "", 0, 0600);
  put(config / "outside-0.esboot-new", "chosen by the node's user", kNodeUser, 0600);
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "victim").string() + "\t\nend\n", kNodeUser,
      0600);
  auto refused = base::recover(config.path());
  REQUIRE_FALSE(refused.ok());
  CHECK(contains(refused.error().message, "is not root's"));
  CHECK(content(elsewhere / "victim").empty());
}

TEST_CASE("what was staged is not read through a link that the node's user put there") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a link in place of a staged file", config)) return;
  put(elsewhere / "only-root", "only root may read this", 0, 0600);
  put(elsewhere / "target", "", 0, 0600);
  fs::create_symlink(elsewhere / "only-root", config / "outside-0.esboot-new");
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "target").string() + "\t\nend\n", 0, 0644);
  CHECK_FALSE(base::recover(config.path()).ok());
  CHECK(content(elsewhere / "target").empty());
}

TEST_CASE("root hands nothing over to a file that a stranger made") {
  const TempDir config;
  const TempDir shared;
  if (!as_root_for_node("a file that a stranger made", config)) return;
  REQUIRE(chmod(shared.path().c_str(), 01777) == 0);
  put(shared / "credentials", "", kStranger, 0600);
  auto refused = base::commit(handing_over(config, shared / "credentials"));
  REQUIRE_FALSE(refused.ok());
  CHECK(contains(refused.error().message, "not ours to fill"));
  CHECK(content(shared / "credentials").empty());
  CHECK(fs::is_empty(config.path()));

  put(shared / "of-the-node", "", kNodeUser, 0600);  // whose configuration it is may have it
  CHECK(base::commit(handing_over(config, shared / "of-the-node")).ok());
  CHECK(content(shared / "of-the-node") == "secret");
  CHECK(base::commit(handing_over(config, shared / "new")).ok());
  CHECK(content(shared / "new") == "secret");
}

TEST_CASE("root goes on with a journal of its own") {
  const TempDir config;
  const TempDir elsewhere;
  if (!as_root_for_node("a journal of root's own", config)) return;
  put(elsewhere / "target", "", 0, 0600);
  put(config / "outside-0.esboot-new", "secret", kNodeUser, 0600);
  put(config / ".esboot-journal",
      "outside\toutside-0.esboot-new\t" + (elsewhere / "target").string() + "\t\nend\n", 0, 0644);
  CHECK(base::recover(config.path()).ok());
  CHECK(content(elsewhere / "target") == "secret");
  CHECK(fs::is_empty(config.path()));
}
