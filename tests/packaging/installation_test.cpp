// Install, upgrade and remove, in a minimal Debian that holds the libraries the packages ask for.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/packaging/package_report.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace fs = std::filesystem;
using packaging_tests::package_file;
using packaging_tests::report_line;
using packaging_tests::shell;

namespace {

/// A tar of the minimal root, made once. Empty: it cannot be.
std::string root_archive(const std::string& test) {
  if (geteuid() != 0) {
    test_support::report_skip(test, "chroot needs root");
    return {};
  }
  const fs::path archive = test_support::cache_directory() / "roots/debian-12.tar";
  if (fs::exists(archive)) return archive;
  fs::create_directories(archive.parent_path());
  const auto made = shell(
      "depends=$(dpkg-deb -f ./*.deb Depends | sed 's/ ([^)]*)//g; s/, /,/g')\n"
      "mmdebstrap --quiet --variant=minbase --include=\"$depends\" bookworm \"$1.part.tar\" "
      "/etc/apt/sources.list.d/debian.sources && mv \"$1.part.tar\" \"$1\"",
      archive);
  if (made.exit_code == 0) return archive;
  test_support::report_skip(test, "mmdebstrap could not make a root: " + made.out);
  return {};
}

/// Lists every file of the root with mode and owner, without what dpkg and rpm keep about
/// themselves.
const std::string kList =
    "list() { (cd $root; find . -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path "
    "./var/lib/rpm -prune -o -path ./root/.rpmdb -prune -o -path ./var/cache/ldconfig -prune "
    "-o -printf '%p %M %U:%G %s\\n' | grep -v "
    "'^./var/cache\\|^./etc/ld.so.cache\\|^./\\(var\\|var/lib\\|etc\\|usr/lib\\|root\\|tmp\\) ' | "
    "sort); }\n";

/// The program in the root does its work on a node's configuration, which no package may touch.
const std::string kUse =
    "use() { chroot $root /usr/bin/esboot version | head -n 1; chroot $root env ES_HOME=/node "
    "/usr/bin/esboot keystore list; (cd $root/node/config; sha256sum *) > $root.now; }\n"
    "node() { mkdir -p $root/node/config $root/node/lib; : > "
    "$root/node/lib/elasticsearch-8.19.21.jar\n"
    "  chroot $root env ES_HOME=/node /usr/bin/esboot keystore create; echo 'node.name: one' > "
    "$root/node/config/elasticsearch.yml; (cd $root/node/config; sha256sum *) > $root.before; }\n";

std::string in_root(const std::string& archive, const std::string& steps) {
  return "root=$1/root; mkdir $root; tar xf '" + archive + "' -C $root --exclude='./dev/*'\n" +
         kList + kUse + "list > $1/before\n" + steps +
         "rm -rf $root/node; list > $1/after; diff $1/before $1/after\necho 'nothing is left'\n";
}

/// The package again under the next version.
const std::string kNewer = "export SOURCE_DATE_EPOCH=1; (cd " ESBOOT_BINARY_DIR
                           "; cpack -D CPACK_PACKAGE_VERSION=99.0.0 -B $1/newer >/dev/null)\n";

}  // namespace

TEST_CASE("packages: the deb is installed, upgraded and removed in a minimal Debian") {
  const std::string archive = root_archive("the deb in a Debian root");
  if (archive.empty()) return;
  const test_support::TempDir work;
  const auto done =
      shell(in_root(archive,
                    kNewer + "cp ./*.deb $root/tmp/old.deb; cp $1/newer/*.deb $root/tmp/new.deb\n"
                             "chroot $root dpkg -i /tmp/old.deb; node; use\n"
                             "chroot $root dpkg -V esboot && echo 'files as packed'\n"
                             "test -s $root/usr/share/man/man1/esboot.1.gz\n"
                             "chroot $root dpkg -i /tmp/new.deb; use; cmp $root.before $root.now\n"
                             "chroot $root dpkg-query -W -f '${Status} ${Version}\\n' esboot\n"
                             "chroot $root dpkg -r esboot; test ! -e $root/usr/bin/esboot\n"
                             "chroot $root dpkg -P esboot; rm $root/tmp/*.deb\n"
                             "(cd $root/node/config; sha256sum *) | cmp - $root.before\n"),
            work.path());
  INFO(done.out);
  CHECK(done.exit_code == 0);
  for (const std::string sign : {"keystore.seed", "files as packed", "install ok installed 99.0.0",
                                 "nothing is left", "(x86_64, dynamic)"})
    CHECK_MESSAGE(done.out.find(sign) != std::string::npos, sign);
  report_line(std::string("deb: installed, used, upgraded and removed in a minimal Debian 12: ") +
              (done.exit_code == 0 ? "yes, nothing left, the node's files untouched" : "no") +
              ".\n");
}

TEST_CASE("packages: the rpm is installed, upgraded and removed in a root of its own") {
  const std::string archive = root_archive("the rpm in a root");
  if (archive.empty()) return;
  const test_support::TempDir work;
  // The root is Debian's and has the libraries, but no rpm that says so: --nodeps.
  const auto done = shell(
      in_root(archive,
              kNewer +
                  "rpm --root $root -i --nodeps ./*.rpm; node; use\n"
                  "rpm --root $root -V --nodeps esboot && echo 'files as packed'\n"
                  "rpm --root $root -U --nodeps $1/newer/*.rpm; use; cmp $root.before $root.now\n"
                  "rpm --root $root -q esboot\n"
                  "rpm --root $root -e esboot; test ! -e $root/usr/bin/esboot\n"),
      work.path());
  INFO(done.out);
  CHECK(done.exit_code == 0);
  for (const std::string sign :
       {"keystore.seed", "files as packed", "esboot-99.0.0-1", "nothing is left"})
    CHECK_MESSAGE(done.out.find(sign) != std::string::npos, sign);
  report_line(std::string("rpm: installed, used, upgraded and removed through rpm --root: ") +
              (done.exit_code == 0 ? "yes, nothing left" : "no") + ".\n");
}
