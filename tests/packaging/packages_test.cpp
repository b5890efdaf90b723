// What `./dev package` made: its contents, its form, and whether it can be made again.
#include <doctest/doctest.h>

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
const std::string kSource = ESBOOT_SOURCE_DIR;
}

TEST_CASE("packages: there are a deb, an rpm and a tgz") {
  report_line("\n| package | bytes | sha256 |\n|---|---|---|");
  for (const std::string kind : {".deb", ".rpm", "x86_64-static.tar.gz"}) {
    const std::string file = package_file(kind);
    REQUIRE_MESSAGE(!file.empty(), kind);
    const std::string hash = shell("sha256sum \"$1\" | cut -c1-64 | tr -d '\\n'", file).out;
    report_line("| " + fs::path(file).filename().string() + " | " +
                std::to_string(fs::file_size(file)) + " | " + hash + " |");
  }
  report_line("");
}

TEST_CASE("packages: lintian has no error and no warning") {
  const auto lintian = shell("lintian --fail-on error,warning --display-info --allow-root \"$1\"",
                             package_file(".deb"));
  INFO(lintian.out);
  CHECK(lintian.exit_code == 0);
  CHECK(lintian.out.find("E: ") == std::string::npos);
  CHECK(lintian.out.find("W: ") == std::string::npos);
  report_line("lintian, exit code " + std::to_string(lintian.exit_code) +
              ", all it says:\n\n```\n" + lintian.out + "```\n");
}

TEST_CASE("packages: the libraries that the program loads are declared") {
  const auto depends = shell("dpkg-deb -f \"$1\" Depends", package_file(".deb"));
  for (const std::string library : {"libc6 (>=", "libssl3", "libyaml-cpp0.7", "libcrypt1"})
    CHECK_MESSAGE(depends.out.find(library) != std::string::npos, library);
  const auto requires_ = shell("rpm -qp --requires \"$1\"", package_file(".rpm"));
  CHECK(requires_.out.find("libcrypto.so.3(OPENSSL_3.0.0)") != std::string::npos);
  report_line("Depends: " + depends.out);
}

TEST_CASE("packages: they hold the program, its documents, and nothing else") {
  const auto others = shell(
      "dpkg-deb -c ./*.deb; { dpkg-deb -c ./*.deb | sed 's/.* //'; rpm -qpl ./*.rpm; tar tf "
      "./*x86_64-static.tar.gz; } |"
      " grep -v '/$' | sed 's,^\\./,/,; s,^/usr/,,; s,^esboot-[^/]*/,,' | grep -vxE "
      "'bin/esboot|share/(bash-completion/completions/esboot|zsh/vendor-completions/_esboot|"
      "fish/vendor_completions.d/esboot.fish)|share/man/man1/esboot(-[a-z]+)?.1.gz|"
      "share/doc/esboot/(copyright|changelog.gz|esboot.cdx.json)|share/esboot/systemd/.*|"
      "share/((doc/|)esboot|bash-completion(/completions)?|zsh(/vendor-completions)?|"
      "fish(/vendor_completions.d)?|esboot/systemd)' | sed 's/^/UNKNOWN /'");
  INFO(others.out);
  CHECK(others.out.find("bin/esboot") != std::string::npos);
  CHECK(others.out.find("UNKNOWN") == std::string::npos);
}

TEST_CASE("packages: the bill of materials names what the program says it was built with") {
  const test_support::TempDir work;
  const auto compared = shell(
      "dpkg-deb --fsys-tarfile ./*.deb | tar xO ./usr/share/doc/esboot/esboot.cdx.json > $1/bill\n"
      "[ \"$(jq -r .bomFormat,.specVersion $1/bill | paste -sd' ')\" = 'CycloneDX 1.5' ]\n"
      "[ $(jq '[.components[] | select(.purl)] | length' $1/bill) = 7 ]\n"
      "jq -r '.components[] | .name + \" \" + .version' $1/bill | sort > $1/a\n"
      "../release/esboot version --json | jq -r '.dependencies[] | .name + \" \" + .version' | "
      "sort > "
      "$1/b\ndiff $1/a $1/b; wc -l < $1/a",
      work.path());
  INFO(compared.out);
  CHECK(compared.exit_code == 0);
}

TEST_CASE("packages: no file in them tells where they were built") {
  const auto found = shell(
      "work=$(mktemp -d); trap 'rm -rf \"$work\"' EXIT; mkdir $work/deb $work/rpm $work/tgz\n"
      "dpkg-deb -R ./*.deb $work/deb; for tgz in ./*.tar.gz; do tar xf $tgz -C $work/tgz; done\n"
      "(cd $work/rpm; rpm2archive - < " +
          package_file(".rpm") +
          " | tar xz)\n"
          "rpm -qpi --scripts ./*.rpm > $work/rpm/header\n"
          "[ $(rpm -qp --qf '%{BUILDHOST}' ./*.rpm) = localhost ]\n"
          "find $work -name '*.gz' -exec gunzip {} +\n"
          "grep -rlF -e \"$1\" $work && exit 3\n"
          "find $work -type f | wc -l",
      kSource);
  INFO(found.out);
  CHECK(found.exit_code == 0);
  CHECK(std::stoi(found.out) > 30);
}

TEST_CASE("packages: built in another directory by another compilation, they are the same bytes") {
  const test_support::TempDir elsewhere;
  const auto built =
      shell("packages=$PWD; cd " + kSource +
                "; export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) CCACHE_DISABLE=1\n"
                "git ls-files -co --exclude-standard | tar c -T - | tar x -C \"$1\"; cd \"$1\"\n"
                "umask 077; cmake --preset release -DESBOOT_TESTS=OFF >/dev/null\n"
                "nice ninja -C build release/esboot dynamic/esboot package_files >/dev/null\n"
                "umask 022; cd build; cpack >/dev/null; cd packages\n"
                "for file in *.deb *.rpm *.tar.gz; do cmp \"$file\" \"$packages/$file\"; echo "
                "\"same: $file\"; done",
            elsewhere.path());
  INFO(built.out);
  CHECK(built.exit_code == 0);
  std::size_t same = 0;
  for (std::size_t at = 0; (at = built.out.find("same: ", at)) != std::string::npos; ++at) ++same;
  CHECK(same == 3);
  report_line("Built a second time, without ccache, in another directory: " + std::to_string(same) +
              " of 3 are byte for byte the same.\n");
}

TEST_CASE("packages: the Kubernetes manifest is one by the schemas of Kubernetes") {
  const test_support::TempDir work;
  const auto tool = shell(
      "python3 -m venv $1/python && $1/python/bin/pip install -q kubernetes-validate", work.path());
  if (tool.exit_code != 0)
    return test_support::report_skip("the Kubernetes manifest", "no kubernetes-validate");
  const std::string validate = "$1/python/bin/kubernetes-validate --strict ";
  const auto valid =
      shell(validate + ESBOOT_SOURCE_DIR "/packaging/container/statefulset.yaml", work.path());
  CHECK_MESSAGE(valid.exit_code == 0, valid.out);
  CHECK(valid.out.find("statefulset/elasticsearch") != std::string::npos);
  const auto broken = shell("sed 's/serviceName:/serviceNames:/' " ESBOOT_SOURCE_DIR
                            "/packaging/container/statefulset.yaml >$1/broken.yaml; " +
                                validate + "$1/broken.yaml",
                            work.path());
  CHECK(broken.exit_code != 0);
  report_line("statefulset.yaml: valid by the schemas of Kubernetes, no field unknown: " +
              std::string(valid.exit_code == 0 ? "yes" : "no") + ". No cluster ran it.\n");
}
