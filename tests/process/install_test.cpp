#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::content;
using test_support::run_child;

/// Name, type, mode and content of everything in a directory.
std::map<std::string, std::string> outline(const fs::path& directory) {
  std::map<std::string, std::string> entries;
  for (const auto& entry : fs::directory_iterator(directory)) {
    struct stat status{};
    lstat(entry.path().c_str(), &status);
    std::string text = std::to_string(status.st_mode) + " ";
    text += entry.is_symlink() ? fs::read_symlink(entry.path()).string() : content(entry.path());
    entries[entry.path().filename()] = text;
  }
  return entries;
}

test_support::ChildResult esboot(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{test_support::esboot_binary()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_child({argv, "", {}, "."});
}

}  // namespace

TEST_CASE("install takes the place of the stock scripts, uninstall puts every byte back") {
  const std::string test = "install and uninstall";
  const auto distribution = test_support::es_home("9.5.3");
  const auto jdk = test_support::jdk_for("9.5.3");
  if (!distribution || !jdk) {
    test_support::report_skip(test, "no Elasticsearch 9.5.3 or no JDK for it");
    return;
  }
  test_support::TempDir place;
  const fs::path home = place / "es";
  fs::create_directories(home);
  for (const char* const name : {"bin", "config", "lib", "modules"})
    fs::copy(*distribution / name, home / name,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  const auto stock = outline(home / "bin");

  const auto installed = esboot({"install", "--into", home});
  REQUIRE_MESSAGE(installed.exit_code == 0, installed.err);
  for (const char* const name :
       {"elasticsearch", "elasticsearch-keystore", "elasticsearch-reconfigure-node"}) {
    CHECK(fs::read_symlink(home / "bin" / name) == "esboot");
    CHECK(content(home / "bin" / (std::string(name) + ".stock")) ==
          content(*distribution / "bin" / name));
  }
  const auto once = outline(home / "bin");
  CHECK(esboot({"install", "--into", home}).exit_code == 0);
  CHECK(outline(home / "bin") == once);

  // Called by its name, and through symbolic links of files and of directories.
  const std::map<std::string, std::string> environment{{"ES_JAVA_HOME", jdk->string()}};
  fs::create_symlink(home / "bin/elasticsearch-keystore", place / "keystore-link");
  fs::create_symlink(place / "keystore-link", place / "elasticsearch-keystore");
  fs::create_directory_symlink(home, place / "es-link");
  CHECK(run_child({{home / "bin/elasticsearch-keystore", "create", "-s"}, "", environment, "/"})
            .exit_code == 0);
  for (const fs::path& program :
       {place / "elasticsearch-keystore", place / "es-link/bin/elasticsearch-keystore"}) {
    const auto listed = run_child({{program, "list"}, "", environment, "/"});
    CHECK(listed.exit_code == 0);
    CHECK(listed.out == "keystore.seed\n");
  }
  const auto version = run_child({{home / "bin/elasticsearch", "-V"}, "", environment, "/"});
  CHECK(version.out.starts_with("Version: 9.5.3, Build: "));
  // A stock tool beside it, which begins at the same scripts.
  const auto tool = run_child({{home / "bin/elasticsearch-certutil", "ca", "--silent", "--out",
                                place / "ca.p12", "--pass", "pw-of-ca"},
                               "",
                               environment,
                               "/"});
  CHECK(tool.exit_code == 0);
  CHECK(fs::file_size(place / "ca.p12") > 0);

  // An upgrade of Elasticsearch brings a new script; the next install keeps that one.
  fs::remove(home / "bin/elasticsearch");
  std::ofstream(home / "bin/elasticsearch") << "#!/bin/sh\n# newer\n";
  CHECK(esboot({"install", "--into", home}).exit_code == 0);
  CHECK(content(home / "bin/elasticsearch.stock") == "#!/bin/sh\n# newer\n");
  fs::copy_file(*distribution / "bin/elasticsearch", home / "bin/elasticsearch.stock",
                fs::copy_options::overwrite_existing);
  fs::permissions(home / "bin/elasticsearch.stock",
                  fs::status(*distribution / "bin/elasticsearch").permissions());

  CHECK(esboot({"uninstall", "--from", home}).exit_code == 0);
  CHECK(outline(home / "bin") == stock);
  const auto again = esboot({"uninstall", "--from", home});
  CHECK(again.exit_code == 64);
  CHECK(contains(again.err, "not installed"));
}

TEST_CASE("install refuses what is no Elasticsearch and changes nothing") {
  test_support::TempDir place;
  fs::create_directories(place / "bin");
  CHECK(esboot({"install", "--into", place.path()}).exit_code == 1);
  CHECK(fs::is_empty(place / "bin"));
  CHECK(esboot({"install"}).exit_code == 64);
  CHECK(esboot({"install", "--into", place.path(), "surplus"}).exit_code == 64);
}
