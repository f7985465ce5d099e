#!/usr/bin/env bash
# Runs a script under a systemd user manager of its own, on a machine that may not even have been booted with systemd.
#
# usage: user-manager.sh PROGRAMS UNITS SCRIPT      the directories of tokend's programs and units, and the script
#
# Needs root, because the manager gets namespaces in which nothing of the machine can come to harm: its own processes,
# mounts and control groups. In them an unprivileged user runs the manager, and beside it the script: with `systemctl
# --user` at hand, the programs in its PATH, ~/.local/bin/tokend in place and the units loaded. When the script ends, so
# does all that it and the manager started. The status is the script's, or 77 where the machine does not allow this.
set -euo pipefail

# A number that is nobody's; in the namespaces it gets a name.
readonly user=4242 home=/home/tokend-test

# How many seconds the script may take. It is ended if it hangs.
readonly patience=120

cannot() {
    echo "user-manager: $*" >&2
    exit 77
}

# In the machine: makes a control group, because the manager must own the root of its hierarchy, and unshares the rest.
outside() { # PROGRAMS UNITS SCRIPT
    local program hierarchy
    ((EUID == 0)) || cannot "needs root"
    for program in findmnt setpriv systemctl unshare; do
        command -v "$program" >/dev/null || cannot "needs $program"
    done
    [[ -x /lib/systemd/systemd ]] || cannot "needs /lib/systemd/systemd"
    unshare --mount --pid --fork --cgroup true 2>/dev/null || cannot "may not make namespaces"
    hierarchy=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET) || cannot "needs control groups v2"
    group=$hierarchy/tokend-test-$$
    mkdir "$group" 2>/dev/null || cannot "may not make a control group"
    trap remove_group EXIT
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        exec timeout --kill-after=5 $patience unshare --mount --pid --fork --kill-child --mount-proc --cgroup \
            --propagation private bash "$0" --inside "$@"
    )
}

# The kernel may still be busy with those who died in it.
remove_group() {
    local _
    for _ in {1..50}; do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
        [[ -d $group ]] || break
        sleep 0.1
    done
}

# In the namespaces, still as root: lays out what the manager and the script find.
inside() { # PROGRAMS UNITS SCRIPT
    # The user may not be able to go to where the programs lie, nor the libraries that they are linked to.
    local libraries database
    libraries=$(ldd "$1/tokend" | sed -n 's|.* => \(.*\)/libswiftCore\.so .*|\1|p')
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir /run/programs /run/libraries /run/scripts /run/units
    cp "$1"/{tokend,tokenctl,tokend-sandbox} /run/programs
    cp "$2"/* /run/units
    cp "$(dirname "$3")"/*.sh /run/scripts
    if [[ -n $libraries ]]; then mount --bind "$libraries" /run/libraries; fi

    mount -t tmpfs -o mode=755 tmpfs /home
    mkdir -p $home/.local/bin $home/.local/share/systemd/user /run/user/$user
    ln -s /run/programs/tokend $home/.local/bin
    ln -s /run/units/tokend.{socket,service} $home/.local/share/systemd/user
    chown -R $user:$user $home /run/user/$user
    chmod 700 $home /run/user/$user

    # What a booted PID 1 makes. Without it there is no user manager, and no mount namespace for a service.
    mkdir -p /run/systemd/system /run/systemd/unit-root

    umount --recursive /sys/fs/cgroup
    mount -t cgroup2 none /sys/fs/cgroup
    chown $user:$user /sys/fs/cgroup /sys/fs/cgroup/cgroup.{procs,threads,subtree_control}

    for database in passwd group; do cp /etc/$database /run/$database; done
    echo "tokend-test:x:$user:$user::$home:/bin/bash" >>/run/passwd
    echo "tokend-test:x:$user:" >>/run/group
    for database in passwd group; do mount --bind /run/$database /etc/$database; done

    exec setpriv --reuid $user --regid $user --clear-groups env -i PATH=/run/programs:/usr/local/bin:/usr/bin:/bin \
        HOME=$home XDG_RUNTIME_DIR=/run/user/$user LD_LIBRARY_PATH=/run/libraries \
        bash /run/scripts/user-manager.sh --as-user "/run/scripts/${3##*/}"
}

# As the user: starts the manager, and runs the script once it is there.
as_user() { # SCRIPT
    local _ status=0
    cd
    # There is no journal here.
    mkdir -p .config/systemd/user/tokend.service.d
    printf '[Service]\nStandardError=append:%%h/tokend.log\n' >.config/systemd/user/tokend.service.d/log.conf
    /lib/systemd/systemd --user >manager.log 2>&1 &
    for _ in {1..200}; do
        if [[ $(systemctl --user is-system-running 2>/dev/null) == running ]]; then
            bash "$1" || status=$?
            if ((status != 0)); then tail -n 50 manager.log tokend.log >&2; fi
            exit $status
        fi
        sleep 0.1
    done
    cat manager.log >&2
    cannot "the manager does not come up"
}

case $1 in
    --inside) inside "${@:2}" ;;
    --as-user) as_user "${@:2}" ;;
    *) outside "$@" ;;
esac
