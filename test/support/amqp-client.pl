# amqp-client.pl HOST QUEUE write | HOST QUEUE read
#
# A client of AMQP 0-9-1, as far as the tests need one; user and password are in RABBITMQ_USERNAME and RABBITMQ_PASSWORD.
# write  publishes 0, 1, 2 … until its standard input ends, and prints each that the broker confirmed; the others are published again
# read   takes all messages from the queue and prints them
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($host, $queue, $mode) = @ARGV;

use constant { METHOD => 1, HEADER => 2, BODY => 3, FRAME_END => 0xCE };
my ($socket, $buffer);

sub short_string { pack 'C/a*', shift }
sub long_string { pack 'N/a*', shift }

sub send_frame { # TYPE CHANNEL PAYLOAD
  my ($type, $channel, $payload) = @_;
  my $frame = pack('CnN', $type, $channel, length $payload) . $payload . pack('C', FRAME_END);
  (syswrite($socket, $frame) // 0) == length $frame or die "cannot write\n";
}

sub send_method { # CHANNEL CLASS METHOD ARGUMENTS
  my ($channel, $class, $method, $arguments) = @_;
  send_frame(METHOD, $channel, pack('nn', $class, $method) . $arguments);
}

sub next_bytes { # COUNT, within five seconds
  my ($count) = @_;
  my $until = time + 5;
  while (length $buffer < $count) {
    my $left = $until - time;
    die "no answer\n" unless $left > 0 && IO::Select->new($socket)->can_read($left);
    sysread($socket, $buffer, 65536, length $buffer) or die "closed\n";
  }
  return substr $buffer, 0, $count, '';
}

sub next_frame { # returns its type and its payload
  my ($type, undef, $size) = unpack 'CnN', next_bytes(7);
  my $payload = next_bytes($size);
  next_bytes(1);
  return ($type, $payload);
}

sub expect_method { # the first of the methods named as CLASS.METHOD that comes, its name and arguments
  my @wanted = @_;
  while (1) {
    my ($type, $payload) = next_frame();
    next unless $type == METHOD;
    my ($class, $method) = unpack 'nn', $payload;
    my $name = "$class.$method";
    return ($name, substr $payload, 4) if grep { $_ eq $name } @wanted;
    die "refused: $payload\n" if $name eq '10.50' || $name eq '20.40';
  }
}

sub connected {
  $buffer = '';
  $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => 5672, Timeout => 2) or die "no connection\n";
  syswrite $socket, "AMQP\0\0\x09\x01" or die "cannot write\n";
  expect_method('10.10');
  send_method(0, 10, 11, long_string('') . short_string('PLAIN') . long_string("\0$ENV{RABBITMQ_USERNAME}\0$ENV{RABBITMQ_PASSWORD}") . short_string('en_US'));
  expect_method('10.30');
  send_method(0, 10, 31, pack('nNn', 16, 131072, 0));
  send_method(0, 10, 40, short_string('/') . short_string('') . "\0");
  expect_method('10.41');
  send_method(1, 20, 10, short_string(''));
  expect_method('20.11');
  send_method(1, 50, 10, pack('n', 0) . short_string($queue) . pack('C', 2) . long_string('')); # durable, of the default type
  expect_method('50.11');
}

sub publish { # returns whether the broker confirms
  my ($text) = @_;
  send_method(1, 60, 40, pack('n', 0) . short_string('') . short_string($queue) . "\0");
  send_frame(HEADER, 1, pack('nnNNn', 60, 0, 0, length $text, 0x1000) . pack('C', 2)); # persistent
  send_frame(BODY, 1, $text);
  my ($answer) = expect_method('60.80', '60.120');
  return $answer eq '60.80';
}

sub write_on {
  my $number = 0;
  my $input = IO::Select->new(\*STDIN);
  until ($input->can_read(0)) {
    eval {
      connected();
      send_method(1, 85, 10, "\0");
      expect_method('85.11');
      until ($input->can_read(0)) {
        publish($number) or die "not confirmed\n";
        print "$number\n";
        $number++;
        select undef, undef, undef, 0.01;
      }
    };
    print STDERR $@;
    select undef, undef, undef, 0.2;
  }
}

sub read_all {
  for my $attempt (1 .. 30) { # a member that has just come back may not accept connections yet
    last if eval { connected(); 1 };
    die $@ if $attempt == 30;
    select undef, undef, undef, 1;
  }
  while (1) {
    send_method(1, 60, 70, pack('n', 0) . short_string($queue) . "\x01");
    my ($answer) = expect_method('60.71', '60.72');
    last if $answer eq '60.72';
    my ($text, $size) = ('', undef);
    until (defined $size && length $text >= $size) {
      my ($type, $payload) = next_frame();
      (undef, undef, undef, $size) = unpack 'nnNN', $payload if $type == HEADER;
      $text .= $payload if $type == BODY;
    }
    print "$text\n";
  }
}

$mode eq 'write' ? write_on() : read_all();
