# Tries what the limits of the unit forbid, and prints what came of it: "yes", or the error. Perl's base is part of every Debian.
#
#   perl probe.pl HOME
use strict;
use Errno ();

$| = 1;

# The numbers are those of x86-64, arch/x86/entry/syscalls/syscall_64.tbl.
my ($MMAP, $SOCKET, $PTRACE, $PERSONALITY, $SCHEDULER, $UNSHARE) = (9, 41, 101, 135, 144, 272);
my ($AF_INET6, $SOCK_STREAM, $SCHED_FIFO, $CLONE_NEWUSER, $PER_LINUX32) = (10, 1, 1, 0x10000000, 8);
# The getpid of the other kind of programs that this processor runs, those with short addresses.
my $X32_GETPID = 0x40000000 + 39;

sub said {
    my ($what, $done) = @_;
    my ($error) = grep { $!{$_} } sort keys %!;
    print "$what=", ($done ? 'yes' : $error), "\n";
}
# In a process of its own, which may be killed for it.
sub apart {
    my ($what, $try) = @_;
    my $child = fork // die;
    exit($try->() ? 0 : $!) unless $child;
    waitpid $child, 0;
    return print "$what=killed\n" if $? & 127;
    $! = $? >> 8;
    said($what, !$?);
}
sub calls { syscall($_[0], map { $_ + 0 } @_[1 .. $#_]) != -1 }
sub line {
    my ($file, $name) = @_;
    open my $lines, '<', $file or return 'hidden';
    my ($line) = grep { /^$name/ } <$lines>;
    $line =~ s/^$name:?\s*//;
    (split ' ', $line)[0 .. $_[2] // 0];
}

my $home = shift;
print 'mask=', line('/proc/self/status', 'Umask'), "\n";
print 'dump=', join('/', line('/proc/self/limits', 'Max core file size', 1)), "\n";
print 'nnp=', line('/proc/self/status', 'NoNewPrivs'), "\n";
print 'seccomp=', line('/proc/self/status', 'Seccomp:'), "\n";
my $file = "$home/tried-$$";
said(home => open(my $handle, '>', $file));
said(setuid => chmod(04700, $file)) if $handle;
unlink $file;
said(outside => open($handle, '>', "/var/tmp/tried-$$"));
said(tmp => -e '/tmp/mark');
said(device => -e '/dev/tty1');
said(process => -e '/proc/1/status');
said(proc => -e '/proc/net/tcp' && -e '/proc/meminfo');
print 'capabilities=', line('/proc/self/status', 'CapBnd'), "\n";
apart(x32 => sub { calls($X32_GETPID) });
said(memory => calls($MMAP, 0, 4096, 7, 0x22, -1, 0));
said(socket => calls($SOCKET, $AF_INET6, $SOCK_STREAM, 0));
said(personality => calls($PERSONALITY, $PER_LINUX32));
my $priority = pack 'i', 1;
said(realtime => syscall($SCHEDULER, 0, $SCHED_FIFO, $priority) != -1);
said(trace => calls($PTRACE, 0, 0, 0, 0));
said(namespace => calls($UNSHARE, $CLONE_NEWUSER));
