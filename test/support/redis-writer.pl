# redis-writer.pl KEY direct HOST:PORT | KEY sentinel HOST:PORT,HOST:PORT | KEY cluster HOST:PORT,HOST:PORT
#
# Adds one member after the other to a set, and prints for each that was acknowledged: the time, the member, and how many replicas
# have said within a second that they have it (WAIT). The password is in REDIS_PASSWORD.
use strict;
use warnings;
use IO::Socket::IP;
use IO::Select;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($key, $mode, $hosts) = @ARGV;
my $password = $ENV{REDIS_PASSWORD};

# Whole seconds are all that the images' Perl can sleep.
sub pause { select undef, undef, undef, shift }

sub reply {
  my ($socket, $seconds) = @_;
  my $line = '';
  my $until = time + $seconds;
  while ($line !~ /\r\n$/) {
    my $left = $until - time;
    return undef unless $left > 0 && IO::Select->new($socket)->can_read($left);
    return undef unless sysread($socket, my $char, 1);
    $line .= $char;
  }
  $line =~ s/\r\n$//;
  my ($kind, $length) = $line =~ /^([\$*])(-?\d+)$/ or return $line;
  return '' if $length < 0;
  return [map { reply($socket, $seconds) } 1 .. $length] if $kind eq '*';
  return substr(reply($socket, $seconds) // '', 0, $length);
}

sub ask {
  my ($socket, $seconds, @words) = @_;
  my $command = '*' . @words . "\r\n" . join('', map { '$' . length($_) . "\r\n$_\r\n" } @words);
  return undef unless defined syswrite($socket, $command);
  return reply($socket, $seconds);
}

sub connected {
  my ($host) = @_;
  my ($name, $port) = $host =~ /^(.*):(\d+)$/;
  my $socket = IO::Socket::IP->new(PeerHost => $name, PeerPort => $port, Timeout => 1) or return undef;
  return (ask($socket, 1, 'AUTH', $password) // '') eq '+OK' ? $socket : undef;
}

my $moved; # where the key is, in a cluster

sub master {
  return $hosts if $mode eq 'direct';
  if ($mode eq 'cluster') {
    my @members = split /,/, $hosts;
    return $moved // $members[rand @members];
  }
  for my $host (split /,/, $hosts) {
    my $sentinel = connected($host) or next;
    my $answer = ask($sentinel, 1, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
    return join ':', @$answer if ref $answer;
  }
  return undef;
}

my ($socket, $member) = (undef, 0);
while (1) {
  unless ($socket) {
    my $master = master();
    $socket = connected($master) if $master;
    unless ($socket) { undef $moved; pause(0.1); next }
  }
  my $answer = ask($socket, 2, 'SADD', $key, ++$member);
  undef $moved;
  if (defined $answer && $answer =~ /^-MOVED \d+ (\S+)/) { $moved = $1; undef $socket; next }
  unless (defined $answer && $answer =~ /^:/) { undef $socket; pause(0.1); next }
  my $copies = ask($socket, 2, 'WAIT', 1, 1000) // ':0';
  printf "%d %d %s\n", time, $member, $copies =~ /^:(\d+)/ ? $1 : 0;
  undef $socket unless $copies =~ /^:/;
  pause(0.005);
}
