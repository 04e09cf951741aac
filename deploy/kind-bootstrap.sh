#!/usr/bin/env bash
# Brings Leviathan up in a cluster of kind on this machine: the cluster, the image, the secret and the overlay 'kind'.
# What is there already is kept, so that it can be run again after a change.
#
# GITHUB_TOKEN has to be set; ANTHROPIC_API_KEY and CONTROL_PLANE_TOKEN may be. IMAGE names a local image
# (leviathan:local), as scripts/image makes it.
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

cluster=${CLUSTER:-leviathan}
image=${IMAGE:-leviathan:local}

fail() {
    echo "error: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

for program in kind kubectl; do
    command -v "$program" >/dev/null || fail "$program is not installed" "see https://kind.sigs.k8s.io and https://kubernetes.io/docs/tasks/tools"
done
[ -n "${GITHUB_TOKEN:-}" ] || fail "GITHUB_TOKEN is not set" "export the token that branches are pushed with"

if ! kind get clusters | grep -qx "$cluster"; then kind create cluster --name "$cluster" --wait 120s; fi
kubectl() { command kubectl --context "kind-$cluster" "$@"; }

if [ -n "${IMAGE_ARCHIVE:-}" ]; then
    kind load image-archive --name "$cluster" "$IMAGE_ARCHIVE"
else
    kind load docker-image --name "$cluster" "$image"
fi

kubectl apply -f "$here/kubernetes/base/namespace.yaml"
if ! kubectl --namespace leviathan get secret leviathan-secrets >/dev/null 2>&1; then
    # Values go through files that only this user can read, never through arguments, which every user of the machine sees.
    secrets=$(mktemp -d)
    trap 'rm -rf "$secrets"' EXIT
    printf %s "$GITHUB_TOKEN" >"$secrets/github-token"
    printf %s "${CONTROL_PLANE_TOKEN:-$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')}" >"$secrets/control-plane-token"
    if [ -n "${ANTHROPIC_API_KEY:-}" ]; then printf %s "$ANTHROPIC_API_KEY" >"$secrets/anthropic-api-key"; fi
    kubectl --namespace leviathan create secret generic leviathan-secrets --from-file="$secrets"
fi

kubectl apply -k "$here/kubernetes/overlays/kind"
kubectl --namespace leviathan rollout status deployment/leviathan-control-plane --timeout=180s
kubectl --namespace leviathan rollout status deployment/leviathan-scheduler --timeout=180s
echo "ready: kubectl --context kind-$cluster --namespace leviathan exec deploy/leviathan-control-plane -- leviathan target add URL"
