#!/bin/sh
# linkage.sh FILE: what strongroom-partition is linked with can be listed here in full. A library or a part of ours that
# is not on the lists does not belong inside the boundary.
set -eu
file=$1
allowed_libraries='linux-vdso|libcrypto|libssl|libsecp256k1|libseccomp|libfmt|libspdlog|libboost_json|libstdc\+\+|libgcc_s|libc|libm|ld-linux[-a-z0-9]*'
allowed_parts='attestation|core|crypto|jose|release|partition|log'

status=0
extra=$(ldd "$file" | awk '{print $1}' | sed 's|.*/||' | grep -Ev "^($allowed_libraries)\.so" || true)
if [ -n "$extra" ]; then
  echo "libraries that do not belong there: $extra"
  status=1
fi
# Our namespaces, but for names directly in hsm:: (base).
parts=$(nm -C "$file" | grep -oE '\bhsm::[a-z_]+::' | sort -u | grep -Ev "^hsm::($allowed_parts)::" || true)
if [ -n "$parts" ]; then
  echo "parts that do not belong there: $parts"
  status=1
fi
if nm -C "$file" | grep -E 'boost::beast|sqlite3_|curl_easy|PartitionPool|FastLink' | head -5 | grep .; then
  echo "symbols that do not belong there"
  status=1
fi
exit $status
